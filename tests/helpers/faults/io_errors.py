"""Errors of the disk: one call on the files of an index fails, or all from one on do.

Every call counts, also those that only look. After each error the old version or the new one is current and
answers, what the error says is true, nothing is left behind that could have been removed, and the next build
succeeds.
"""

from __future__ import annotations

import errno
import os
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from faults import Broken, Progress, quick_place, silent
from faults.corpora import Corpora, build, tidy
from faults.operations import CHANGES, Operation, Perform, handled
from rca_search.cli.exits import ExitCode, exit_code
from rca_search.errors import RcaSearchError
from rca_search.indexing.publish import KEEP_VERSIONS

ERRORS = tuple(
    errno.errorcode[n]
    for n in (errno.EIO, errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.EACCES, errno.EROFS)
)
_GROWING = {"create", "write", "fsync", "rename", "link", "mkdir"}
_POSSIBLE = {
    "EIO": CHANGES | {"open", "read", "list", "stat"},
    "ENOSPC": _GROWING,
    "EDQUOT": _GROWING,
    "EMFILE": {"open", "create", "list"},
    "EACCES": CHANGES - {"write", "fsync"} | {"open", "list", "stat"},
    "EROFS": CHANGES - {"fsync"},
}
"""The kinds of operations that can end with an error; only these count."""
FIXES = {"EMFILE": "limit", "ENOSPC": "room", "EDQUOT": "room"}
"""A word that the remedy has to have where the error says what to do."""


class Failing:
    """Lets call number ``at`` fail, or all from there on ``for_good``; counts them."""

    def __init__(self, name: str, at: int, *, for_good: bool = False) -> None:
        """Take the name of an error such as EIO."""
        self.count = 0
        self.hit: Operation | None = None
        self._name = name
        self._number = int(getattr(errno, name))
        self._at = at
        self._for_good = for_good

    def __call__(self, operation: Operation, perform: Perform) -> object:
        """Perform an operation, or let it fail."""
        if operation.kind not in _POSSIBLE[self._name]:
            return perform()
        self.count += 1
        if self.count == self._at or (self._for_good and self.count > self._at > 0):
            self.hit = self.hit or operation
            raise OSError(self._number, os.strerror(self._number), operation.path)
        return perform()

    def struck(self, part: str) -> bool:
        """Return whether what failed first has ``part`` in its path."""
        return self.hit is not None and part in self.hit.path

    @property
    def cleaning(self) -> bool:
        """Whether what failed may have been part of removing what is not wanted any more."""
        kinds = {"open", "list", "stat", "unlink", "rmdir", "read"}
        return self._for_good or (self.hit is not None and self.hit.kind in kinds)


def untrue(error: RcaSearchError, name: str, *, published: bool, staged: bool) -> Iterator[str]:
    """Yield what ``error`` says and is not so.

    ``published`` is whether a new version is current, ``staged`` whether a file in the making failed.
    """
    said = str(error)
    if published and "untouched" in said:
        yield "a new version is current and it says that nothing was touched"
    if not published and re.search(r"Version \S+ is current", said):
        yield "the old version is current and it says that the new one is"
    if staged and any(words in said for words in ("verify", "damaged", "Index file", "what was published (")):
        yield "a file in the making failed and it blames the index"
    if name == "EMFILE" and exit_code(error) is not ExitCode.BACKEND:
        yield "the process has too many open files and it blames the index"
    if not error.remedy or FIXES.get(name, "") not in said:
        yield f"it does not say what to do about {name}"


@dataclass(frozen=True)
class Outcome:
    """How one disturbed run ended."""

    code: ExitCode
    failing: Failing
    error: RcaSearchError | None


def run(index: Path, failing: Failing, work: Callable[[], object]) -> Outcome:
    """Do ``work`` on ``index`` with a failing disk; raises Broken where an error is none of the program's."""
    try:
        with handled(index.parent, failing):
            work()
    except RcaSearchError as error:
        return Outcome(exit_code(error), failing, error)
    except Exception as error:
        raise Broken(f"{failing.hit}: {error!r} is no error of the program") from error
    return Outcome(ExitCode.OK, failing, None)


def judge(
    corpora: Corpora, index: Path, outcome: Outcome, name: str, allowed: tuple[str, str], *, ask: bool
) -> bool:
    """See that all is well after a disturbed run that was to lead from one version to another.

    Returns whether the new one is current; raises Broken.
    """
    old, new = allowed
    found = corpora.current(index, ask=ask)
    if found not in allowed:
        raise Broken(f"{found} is current")
    published = found == new
    if outcome.error is None and not published:
        raise Broken("it ended well and the new version is not current")
    if outcome.error is not None:
        staged, of_a_version = (outcome.failing.struck(part) for part in ("/.staging-", "/versions/"))
        complaints = list(untrue(outcome.error, name, published=published and old != new, staged=staged))
        # A published file that cannot be read back is a damaged index, to a build as to a question.
        codes = {ExitCode.BACKEND, ExitCode.INDEX} if of_a_version else {ExitCode.BACKEND}
        if complaints or outcome.code not in codes:
            raise Broken(f"exit code {outcome.code}, {outcome.error}: {'; '.join(complaints)}")
    if not outcome.failing.cleaning:
        # After an error the version before stays: the new one is not sure to outlive a power loss.
        tidy(index, most=KEEP_VERSIONS + (outcome.error is not None))
    return published


@dataclass(frozen=True)
class Scene:
    """An index, the versions that it is led through, and what leads it to the one at a position."""

    corpora: Corpora
    index: Path
    lead: Callable[[int], object]

    def digest(self, at: int) -> str:
        """Return the digest of the version at a position."""
        return self.corpora.versions[at].digest

    def following(self) -> int:
        """Return the position after that of the current version."""
        current = self.corpora.current(self.index, ask=False)
        at = [version.digest for version in self.corpora.versions].index(str(current))
        return (at + 1) % len(self.corpora.versions)


def publishes(stride: int, seed: int, progress: Progress = silent) -> dict[str, int]:
    """Let every ``stride``-th call of a publish fail in each way; returns the figures, raises Broken."""
    with quick_place() as place:
        corpora = Corpora(5, seed, place)
        index = place / "disk" / "index"
        scene = Scene(corpora, index, lambda at: corpora.versions[at].publish(index))
        return _sweep(scene, stride, seed, progress)


def builds(stride: int, seed: int, progress: Progress = silent) -> dict[str, int]:
    """Let every ``stride``-th call of a whole build fail in each way; returns the figures, raises Broken."""
    with quick_place() as place:
        corpora = Corpora(5, seed, place, weights=False)
        index = place / "disk" / "index"
        scene = Scene(corpora, index, lambda at: build(corpora.documents[at], index))
        return _sweep(scene, stride, seed, progress)


def _sweep(scene: Scene, stride: int, seed: int, progress: Progress) -> dict[str, int]:
    scene.index.parent.mkdir()
    for at in range(4):
        scene.lead(at)
    figures = dict.fromkeys(("errors", "refused", "published", "bad"), 0)
    plan = [(name, for_good) for name in ERRORS for for_good in (False, True)]
    chance = random.Random(seed)
    for number, (name, for_good) in enumerate(plan):
        counting = Failing(name, 0)
        run(scene.index, counting, lambda: scene.lead(scene.following()))
        for at in range(1 + chance.randrange(stride), counting.count + 1, stride):
            outcome = _one(scene, Failing(name, at, for_good=for_good), name, ask=at % 10 == 0)
            figures["errors"] += outcome.failing.hit is not None
            figures["refused"] += outcome.error is not None
            figures["published"] += outcome.error is None
        progress(number + 1, len(plan))
    return figures


def _one(scene: Scene, failing: Failing, name: str, *, ask: bool) -> Outcome:
    new = scene.following()
    old = scene.digest(new - 1)
    outcome = run(scene.index, failing, lambda: scene.lead(new))
    try:
        judge(scene.corpora, scene.index, outcome, name, (old, scene.digest(new)), ask=ask)
        scene.lead(new)
        if scene.corpora.current(scene.index, ask=ask) != scene.digest(new):
            raise Broken("the next build does not publish")
        tidy(scene.index)
    except (Broken, RcaSearchError) as error:
        raise Broken(f"{name} at {failing.hit}: {error}") from error
    return outcome
