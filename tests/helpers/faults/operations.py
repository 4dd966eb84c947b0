"""Every operation of this process on files below a folder, handed to a function before it happens.

That function may perform it, leave it out, raise an error in its place, or end the process. Seen is what
Python does by ``os`` and ``open``; files that C code opens itself are not.
"""

from __future__ import annotations

import builtins
import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

CHANGES = frozenset({"create", "write", "fsync", "rename", "link", "unlink", "mkdir", "rmdir"})
"""Kinds of operations that change what is stored; a kill before any other is a kill before the next one."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation; ``target`` is where a file is moved or linked to, ``data`` is what is written."""

    kind: str
    path: str
    target: str = ""
    data: bytes = b""


Perform = Callable[[], Any]
Handler = Callable[[Operation, Perform], Any]


def _located(path: Any, folder: int | None = None) -> str:
    """Return the absolute path of a path, of a descriptor, or of a name in an open folder."""
    if isinstance(path, int):
        return os.readlink(f"/proc/self/fd/{path}")  # noqa: PTH115
    name = os.fsdecode(path)
    if folder is not None and not name.startswith("/"):
        return f"{_located(folder)}/{name}"
    return os.path.abspath(name)  # noqa: PTH100  # links are left as they are


class _Raw(io.FileIO):
    """A file whose reads and writes are handed over one by one."""

    def __init__(self, path: Any, mode: str, handler: Handler) -> None:
        super().__init__(path, mode)
        self._handler = handler
        self._path = _located(path)

    def write(self, data: Any) -> int:
        written: int = self._handler(
            Operation("write", self._path, data=bytes(data)), lambda: super(_Raw, self).write(data)
        )
        return written

    def readinto(self, buffer: Any) -> int:
        count: int = self._handler(Operation("read", self._path), lambda: super(_Raw, self).readinto(buffer))
        return count

    def readall(self) -> bytes:
        content: bytes = self._handler(Operation("read", self._path), super().readall)
        return content


class _Handled:
    """Calls that hand operations below a folder to a handler, each in place of the call it is named for."""

    def __init__(self, root: Path, handler: Handler) -> None:
        self._below = f"{root}/"
        self._handler = handler
        self._open, self._stream = os.open, io.open

    def _inside(self, path: str) -> bool:
        return f"{path}/".startswith(self._below)

    def one(self, kind: str, call: Callable[..., Any]) -> Callable[..., Any]:
        """Stand in for a call on one path or descriptor."""

        def handle(path: Any = ".", *rest: Any, **options: Any) -> Any:
            place = _located(path, options.get("dir_fd"))
            if not self._inside(place):
                return call(path, *rest, **options)
            return self._handler(Operation(kind, place), lambda: call(path, *rest, **options))

        return handle

    def two(self, kind: str, call: Callable[..., Any]) -> Callable[..., Any]:
        """Stand in for a call on a path and where it leads."""

        def handle(source: Any, target: Any, **options: Any) -> Any:
            operation = Operation(kind, _located(source), _located(target))
            if not self._inside(operation.path):
                return call(source, target, **options)
            return self._handler(operation, lambda: call(source, target, **options))

        return handle

    def descriptor(self, path: Any, flags: int, *rest: Any, **options: Any) -> Any:
        """Stand in for ``os.open``."""
        place = _located(path, options.get("dir_fd"))
        if not self._inside(place):
            return self._open(path, flags, *rest, **options)
        new = flags & os.O_CREAT and not os.path.lexists(place)
        kind = "create" if new else "open"
        return self._handler(Operation(kind, place), lambda: self._open(path, flags, *rest, **options))

    def stream(self, file: Any, mode: str = "r", buffering: int = -1, *rest: Any, **options: Any) -> Any:
        """Stand in for ``open``; text is not written to an index and goes unseen."""
        if isinstance(file, int) or "b" not in mode or not self._inside(_located(file)):
            return self._stream(file, mode, buffering, *rest, **options)
        operation = Operation("create" if set(mode) & set("xwa") else "open", _located(file))
        raw = self._handler(operation, lambda: _Raw(file, mode.replace("b", ""), self._handler))
        if buffering == 0:
            return raw
        return _buffered(raw, mode)


def _buffered(raw: _Raw, mode: str) -> Any:
    if "+" in mode:
        return io.BufferedRandom(raw)
    return io.BufferedWriter(raw) if raw.writable() else io.BufferedReader(raw)


@contextmanager
def handled(root: Path, handler: Handler) -> Iterator[None]:
    """Hand every operation on files below ``root`` to ``handler`` until the block ends."""
    by = _Handled(root, handler)
    named = {
        "rename": by.two("rename", os.rename),
        "replace": by.two("rename", os.replace),
        "link": by.two("link", os.link),
        "fsync": by.one("fsync", os.fsync),
        "unlink": by.one("unlink", os.unlink),
        "remove": by.one("unlink", os.remove),
        "mkdir": by.one("mkdir", os.mkdir),
        "rmdir": by.one("rmdir", os.rmdir),
        "listdir": by.one("list", os.listdir),
        "scandir": by.one("list", os.scandir),
        "stat": by.one("stat", os.stat),
        "pread": by.one("read", os.pread),
    }
    with (
        mock.patch.multiple(os, open=by.descriptor, **named),
        mock.patch.object(io, "open", by.stream),
        mock.patch.object(builtins, "open", by.stream),
    ):
        yield
