"""What the server does on its own: load the encoder, and pick up newly published versions.

Both run in threads beside the requests. A failure is logged, counted and shown by ``/readyz``; the
version that is being served goes on answering.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import anyio
import anyio.to_thread

from rca_search.api.error_handlers import public_fault
from rca_search.metrics import Metrics
from rca_search.service import SearchService

_FIRST_RETRY_SECONDS = 1.0
_LAST_RETRY_SECONDS = 60.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that does not work at the moment, without particulars of the machine."""

    part: str
    code: str
    message: str
    since: dt.datetime


class Upkeep:
    """Keeps one service warm and up to date."""

    def __init__(self, service: SearchService, metrics: Metrics, *, reload_seconds: float) -> None:
        """Take what to look after; ``reload_seconds`` of 0 means never to look for a new version."""
        self._service = service
        self._metrics = metrics
        self._reload_seconds = reload_seconds
        self._encoder_usable = False
        self._faults: dict[str, Fault] = {}
        self._damaged_since: dt.datetime | None = None
        metrics.ready.set_function(lambda: float(self.ready))

    @property
    def ready(self) -> bool:
        """Whether questions can be answered: an intact index is open, and the encoder fits it."""
        return self._encoder_usable

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What does not work at the moment."""
        return (*self._damage(), *self._faults.values())

    def _damage(self) -> Iterator[Fault]:
        """Say that an earlier version stands in for the current one, since that was first seen."""
        damage = self._service.damage
        if damage is None:
            self._damaged_since = None
            return
        self._damaged_since = self._damaged_since or dt.datetime.now(dt.UTC)
        message = f"Version {damage.version} is damaged; {self._service.version} answers in its place."
        yield Fault("index", "index_corrupt", message, self._damaged_since)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Do the work for as long as the context lasts."""
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._warm)
            if self._reload_seconds:
                tasks.start_soon(self._watch)
            yield
            tasks.cancel_scope.cancel()

    async def _warm(self) -> None:
        """Load the encoder, and try again where that fails, ever more seldom."""
        wait = _FIRST_RETRY_SECONDS
        while not await self._warmed():
            await anyio.sleep(wait)
            wait = min(2 * wait, _LAST_RETRY_SECONDS)

    async def _warmed(self) -> bool:
        try:
            await anyio.to_thread.run_sync(self._service.warm, abandon_on_cancel=True)
        except Exception as error:  # noqa: BLE001 - whatever it is, it must show in /readyz
            self._failed("encoder", error)
            return False
        self._encoder_usable = True
        self._mended("encoder")
        return True

    async def _watch(self) -> None:
        """Look for new versions; where one cannot be opened, ever more seldom."""
        wait = self._reload_seconds
        while True:
            await anyio.sleep(wait)
            longest = max(self._reload_seconds, _LAST_RETRY_SECONDS)
            wait = self._reload_seconds if await self._reloaded() else min(2 * wait, longest)

    async def _reloaded(self) -> bool:
        try:
            new = await anyio.to_thread.run_sync(self._service.reload, abandon_on_cancel=True)
        except Exception as error:  # noqa: BLE001 - the watch must outlive whatever it meets
            self._metrics.reloads.labels("failed").inc()
            self._failed("reload", error)
            return False
        self._metrics.reloads.labels("new" if new else "unchanged").inc()
        self._mended("reload")
        if new:
            _log.info("Serving version %s", self._service.version)
        return True

    def _failed(self, part: str, error: Exception) -> None:
        code, message = public_fault(error)
        before = self._faults.get(part)
        if before is not None and before.code == code:
            _log.debug("%s still fails: %s", part, error)
            return
        trace = error if code == "internal" else None
        _log.error("%s fails: %s: %s", part, type(error).__name__, error, exc_info=trace)
        self._faults[part] = Fault(part, code, message, dt.datetime.now(dt.UTC))

    def _mended(self, part: str) -> None:
        if self._faults.pop(part, None) is not None:
            _log.info("%s works again", part)
