"""Power loss: what a disk may hold after it, worked out from a record of one publish.

The model is the weakest that POSIX allows. What was written to a file and not flushed may be missing, cut
at a block, or zeros. A change of a folder that was not flushed, such as a new name or a rename, may be there
or not, each by itself and in any order; a move between two folders is two changes. Real file systems keep
more than that.
"""

from __future__ import annotations

import itertools
import random
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from faults import Broken, Progress, quick_place, silent
from faults.corpora import Corpora, tidy
from faults.operations import CHANGES, Operation, Perform, handled
from faults.prepared import Prepared
from rca_search.indexing.pointer import CURRENT

ACKNOWLEDGED = Operation("acknowledged", "")
"""Stands in a record where the publish has been said to be done."""

BLOCKS = (512, 4096)
Tree = dict[str, bytes | None]
"""What lies where: content of files by path, None for a folder."""


class Dead(BaseException):
    """The process has been killed: nothing it still tries has any effect."""


@dataclass(eq=False)
class File:
    """A file: what was written, and what of it was flushed."""

    live: bytes = b""
    durable: bytes = b""

    def variants(self) -> list[bytes]:
        """Return what may be left of the file, the worst first and the whole last."""
        if self.live == self.durable:
            return [self.live]
        known, size = len(self.durable), len(self.live)
        cuts = {at for block in BLOCKS for at in range(known - known % block, size, block) if at > known}
        torn = [self.live[:at] for at in sorted(cuts)]
        zeros = [content + bytes(size - len(content)) for content in (self.durable, *torn)]
        return list(dict.fromkeys([self.durable, *zeros, *torn, self.live]))


Change = tuple[tuple[str, "File | Folder | None"], ...]


@dataclass(eq=False)
class Folder:
    """A folder: its entries, those that were flushed, and the changes since."""

    live: dict[str, File | Folder] = field(default_factory=dict)
    durable: dict[str, File | Folder] = field(default_factory=dict)
    pending: list[Change] = field(default_factory=list)

    def change(self, *entries: tuple[str, File | Folder | None]) -> None:
        """Change entries in one step."""
        _apply(self.live, entries)
        self.pending.append(entries)

    def flush(self) -> None:
        """Make all changes sure."""
        self.durable, self.pending = dict(self.live), []


def _apply(entries: dict[str, File | Folder], change: Change) -> None:
    for name, node in change:
        if node is None:
            entries.pop(name, None)
        else:
            entries[name] = node


class Disk:
    """Files below ``root`` as the operations change them."""

    def __init__(self, root: Path, before: Path) -> None:
        """Take what lies below ``before`` as flushed; operations name paths below ``root``."""
        self._root = str(root)
        self.top = _flushed(before)

    def apply(self, operation: Operation) -> None:
        """Do what ``operation`` does."""
        if operation.kind == "fsync":
            self._flush(operation.path)
        elif operation is not ACKNOWLEDGED:
            self._change(operation, *self._place(operation.path))

    def _change(self, operation: Operation, folder: Folder, name: str) -> None:
        match operation.kind:
            case "mkdir":
                folder.change((name, Folder()))
            case "create":
                folder.change((name, File()))
            case "write":
                node = folder.live[name]
                assert isinstance(node, File)
                node.live += operation.data
            case "unlink" | "rmdir":
                folder.change((name, None))
            case "link":
                target, new = self._place(operation.target)
                target.change((new, folder.live[name]))
            case "rename":
                self._move(folder, name, *self._place(operation.target))

    def _move(self, source: Folder, name: str, target: Folder, new: str) -> None:
        node = source.live[name]
        if source is target:
            source.change((name, None), (new, node))
        else:
            target.change((new, node))
            source.change((name, None))

    def _flush(self, path: str) -> None:
        node: File | Folder = self.top
        for part in self._parts(path):
            assert isinstance(node, Folder)
            node = node.live[part]
        if isinstance(node, Folder):
            node.flush()
        else:
            node.durable = node.live

    def _parts(self, path: str) -> list[str]:
        return [part for part in path.removeprefix(self._root).split("/") if part]

    def _place(self, path: str) -> tuple[Folder, str]:
        *above, name = self._parts(path) or [""]
        node: File | Folder = self.top
        for part in above:
            assert isinstance(node, Folder)
            node = node.live[part]
        assert isinstance(node, Folder)
        return node, name

    def unsure(self) -> tuple[list[Folder], list[File]]:
        """Return the folders with changes and the files with content that were not flushed."""
        folders: list[Folder] = []
        files: dict[int, File] = {}
        waiting: list[Folder] = [self.top]
        seen: set[int] = set()
        while waiting:
            folder = waiting.pop()
            if id(folder) in seen:
                continue
            seen.add(id(folder))
            if folder.pending:
                folders.append(folder)
            for node in (*folder.live.values(), *folder.durable.values()):
                if isinstance(node, Folder):
                    waiting.append(node)
                elif node.live != node.durable:
                    files[id(node)] = node
        return folders, list(files.values())


def _flushed(root: Path) -> Folder:
    known: dict[int, File] = {}

    def read(folder: Path) -> Folder:
        entries: dict[str, File | Folder] = {}
        for path in folder.iterdir():
            if path.is_dir():
                entries[path.name] = read(path)
            else:
                content = path.read_bytes()
                entries[path.name] = known.setdefault(path.stat().st_ino, File(content, content))
        return Folder(dict(entries), dict(entries))

    return read(root)


@dataclass(frozen=True)
class Loss:
    """What is lost: which changes of folders are kept, and what is left of files; all else is whole."""

    kept: Mapping[int, Sequence[bool]] = field(default_factory=dict)
    left: Mapping[int, bytes] = field(default_factory=dict)

    def tree(self, top: Folder) -> Tree:
        """Return what lies on the disk afterwards."""
        found: Tree = {}

        def walk(folder: Folder, above: str) -> None:
            entries = dict(folder.durable)
            kept = self.kept.get(id(folder), [True] * len(folder.pending))
            for change in itertools.compress(folder.pending, kept):
                _apply(entries, change)
            for name, node in entries.items():
                if isinstance(node, Folder):
                    found[f"{above}{name}"] = None
                    walk(node, f"{above}{name}/")
                else:
                    found[f"{above}{name}"] = self.left.get(id(node), node.live)

        walk(top, "")
        return found


def single_losses(disk: Disk) -> Iterator[Loss]:
    """Lose one thing and nothing else, then each folder's changes from one on, then everything."""
    folders, files = disk.unsure()
    yield Loss()
    for file in files:
        for content in file.variants()[:-1]:
            yield Loss(left={id(file): content})
    for folder in folders:
        count = len(folder.pending)
        for lost in range(count):
            yield Loss(kept={id(folder): [number != lost for number in range(count)]})
            yield Loss(kept={id(folder): [number < lost for number in range(count)]})
    none = {id(folder): [False] * len(folder.pending) for folder in folders}
    yield Loss(kept=none, left={id(file): file.durable for file in files})


def random_loss(disk: Disk, chance: random.Random) -> Loss:
    """Lose anything, independently."""
    folders, files = disk.unsure()
    share = chance.choice((0.1, 0.5, 0.9))
    kept = {id(folder): [chance.random() < share for _ in folder.pending] for folder in folders}
    return Loss(kept, {id(file): chance.choice(file.variants()) for file in files})


class Replay:
    """A real folder that is made to hold one tree after the other."""

    def __init__(self, root: Path) -> None:
        """Take the folder, which is empty."""
        root.mkdir()
        self.root = root
        self._tree: Tree = {}

    def show(self, tree: Tree) -> None:
        """Make the folder hold ``tree``."""
        for path in sorted(self._tree.keys() - tree.keys(), reverse=True):
            if self._tree[path] is None:
                (self.root / path).rmdir()
            else:
                (self.root / path).unlink()
        for path in sorted(tree):
            content = tree[path]
            if content is None:
                if path not in self._tree:
                    (self.root / path).mkdir()
            elif self._tree.get(path) is not content and self._tree.get(path) != content:
                (self.root / path).unlink(missing_ok=True)
                (self.root / path).write_bytes(content)
        self._tree = tree


@dataclass(frozen=True)
class Record:
    """The operations of a publish below ``root``, what was there before, and what may be current after."""

    root: Path
    before: Path
    index: str
    old: frozenset[str | None]
    new: str
    operations: tuple[Operation, ...]

    @property
    def commit(self) -> int:
        """The number of operations up to and including the one that makes the version current."""
        moved = [n for n, op in enumerate(self.operations) if op.target.endswith(f"/{CURRENT}")]
        return moved[-1] + 1 if moved else len(self.operations)

    @property
    def done(self) -> int:
        """The number of operations after which the publish had been said to be done."""
        return self.operations.index(ACKNOWLEDGED) + 1

    def allowed(self, done: int) -> set[str | None]:
        """Return what may be current after ``done`` operations and a power loss."""
        if done >= self.done:
            return {self.new}
        return {*self.old, self.new} if done >= self.commit else set(self.old)

    def role(self, operation: Operation) -> str:
        """Name what the operation works on, without what differs from run to run."""
        path = operation.path.removeprefix(str(self.root)).removeprefix(f"/{self.index}")
        parts = [part for part in path.split("/") if part]
        named = ["staging" if part.startswith(".staging-") else part for part in parts]
        if named and named[-1].startswith((".partial-", ".CURRENT", ".CHECKED")):
            named[-1] = named[-1].rpartition("-")[0] or named[-1].split(".")[1]
        inside = operation.path.startswith(f"{self.root}/{self.index}")
        return ("/".join(named) or "index") if inside else "above"

    def without(self, number: int) -> Record:
        """Return the record without one operation."""
        return self._with((*self.operations[:number], *self.operations[number + 1 :]))

    def late(self, number: int) -> Record:
        """Return the record with a flush right after the commit instead of before it."""
        path = self.operations[number].path
        between = self.operations[number + 1 : self.commit]
        for operation in between:
            if operation.kind == "rename" and f"{path}/".startswith(f"{operation.path}/"):
                path = operation.target + path.removeprefix(operation.path)
        after = self.operations[self.commit :]
        return self._with((*self.operations[:number], *between, Operation("fsync", path), *after))

    def _with(self, operations: tuple[Operation, ...]) -> Record:
        return Record(self.root, self.before, self.index, self.old, self.new, operations)


class Recorder:
    """Notes what changes files, until it is as if the process had been killed."""

    def __init__(self, die_at: int = 0, since: str = "") -> None:
        """Note everything, or everything before change number ``die_at``.

        With ``since``, changes count from the one that puts something in the place of that name.
        """
        self.operations: list[Operation] = []
        self._dead = False
        self._left = die_at
        self._since = since

    def __call__(self, operation: Operation, perform: Perform) -> object:
        """Perform and note an operation."""
        if self._dead and operation.kind == "write":
            return len(operation.data)  # by a stream that is closed on the way out
        if operation.kind not in CHANGES:
            return perform()
        self._left -= not self._since
        if self._dead or (self._left == 0 and not self._since):
            self._dead = True
            raise Dead
        done = None if operation.kind == "fsync" else perform()
        self.operations.append(operation)
        if self._since and operation.target.endswith(f"/{self._since}"):
            self._since = ""
        return done


def record(
    root: Path,
    index: str,
    versions: Sequence[Prepared],
    new: Prepared,
    *,
    killed: Prepared | None = None,
    by: Recorder | None = None,
) -> Record:
    """Publish ``versions`` into ``root / index``, undisturbed, then ``new``, and record that.

    In between, the publish of ``killed`` is recorded, too, and ended ``by`` a recorder that does so.
    """
    place = root / index
    for version in versions:
        version.publish(place)
    before = root.with_name(f"{root.name}-before")
    shutil.copytree(root, before, copy_function=_link)
    recorder = by or Recorder()
    if killed is not None:
        with handled(root, recorder), suppress(Dead):
            killed.publish(place)
    last = Recorder()
    with handled(root, last):
        new.publish(place, lambda _pointer: last.operations.append(ACKNOWLEDGED))
    old = {versions[-1].digest if versions else None} | ({killed.digest} if killed is not None else set())
    return Record(root, before, index, frozenset(old), new.digest, (*recorder.operations, *last.operations))


def _link(source: str, target: str) -> None:
    """Keep a file in two places, as one; nothing that is published is ever written over."""
    Path(target).hardlink_to(source)


class Explorer:
    """Tries states of the disk after power losses, each once."""

    def __init__(self, corpora: Corpora, place: Path) -> None:
        """Take the versions that may be found, and a folder to lay states out in."""
        self._corpora = corpora
        self._replay = Replay(place)
        self._seen: set[tuple[int, frozenset[str | None]]] = set()
        self.states = 0

    def single(self, record: Record, steps: Iterable[int] | None = None) -> Iterator[str]:
        """Try every loss of one thing after each number of operations; yield what is wrong."""
        wanted = set(range(len(record.operations) + 1) if steps is None else steps)
        for done, disk in _stages(record):
            if done in wanted:
                for loss in single_losses(disk):
                    yield from self._try(record, done, loss.tree(disk.top))

    def random(self, record: Record, count: int, chance: random.Random) -> Iterator[str]:
        """Try ``count`` random losses, half of them from the move of the version on; yield what is wrong."""
        total = len(record.operations)
        late = max(0, record.commit - 8)
        at = [chance.randint(late if chance.random() < 0.5 else 0, total) for _ in range(count)]
        often = {done: at.count(done) for done in set(at)}
        for done, disk in _stages(record):
            for _ in range(often.get(done, 0)):
                yield from self._try(record, done, random_loss(disk, chance).tree(disk.top))

    def _try(self, record: Record, done: int, tree: Tree) -> Iterator[str]:
        allowed = record.allowed(done)
        state = (hash(frozenset(tree.items())), frozenset(allowed))
        if state in self._seen:
            return
        self.states += 1
        self._replay.show(tree)
        index = self._replay.root / record.index
        try:
            found = self._corpora.current(index, ask=self.states % 50 == 0)
            if found not in allowed:
                yield f"after {done} operations: {found} is current, not one of {sorted(map(str, allowed))}"
            elif self.states % 100 == 0:
                self._rebuild(record, tree)
            else:
                self._seen.add(state)
        except Broken as error:
            yield f"after {done} operations: {error}"

    def _rebuild(self, record: Record, tree: Tree) -> None:
        """See that the next build makes good what the power loss left."""
        with Aside(self._replay.root) as copy:
            index = copy / record.index
            self._corpora.by_digest[record.new].publish(index)
            if self._corpora.current(index) != record.new:
                raise Broken("the next build does not publish")
            if record.old != {None}:  # what a first build left is kept: nothing says that it is junk
                tidy(index, copied=True)


class Aside:
    """A copy of a folder for the length of a block."""

    def __init__(self, folder: Path) -> None:
        """Take the folder."""
        self._folder = folder
        self._copy = folder.with_name(f"{folder.name}-aside")

    def __enter__(self) -> Path:
        """Copy it."""
        shutil.copytree(self._folder, self._copy)
        return self._copy

    def __exit__(self, *_error: object) -> None:
        """Remove the copy."""
        shutil.rmtree(self._copy)


def _stages(record: Record) -> Iterator[tuple[int, Disk]]:
    disk = Disk(record.root, record.before)
    yield 0, disk
    for done, operation in enumerate(record.operations, start=1):
        disk.apply(operation)
        yield done, disk


def records(corpora: Corpora, place: Path) -> dict[str, Record]:
    """Record a first publish into folders that are made for it, and one over three versions."""
    versions = corpora.versions
    for name in ("first", "update"):
        (place / name).mkdir()
    return {
        "first": record(place / "first", "deep/down/index", (), versions[0]),
        "update": record(place / "update", "index", versions[1:4], versions[4]),
    }


def power_loss(states: int, seed: int, progress: Progress = silent) -> dict[str, int]:
    """Try at least ``states`` states; returns the figures, raises Broken at the first bad one."""
    with quick_place() as place:
        return _explore(states, seed, place, progress)


def _explore(states: int, seed: int, place: Path, progress: Progress) -> dict[str, int]:
    corpora = Corpora(6, seed, place)
    chance = random.Random(seed)
    explorer = Explorer(corpora, place / "replay")
    recorded = records(corpora, place)

    def run(found: Iterator[str], name: str) -> None:
        for bad in found:
            raise Broken(f"power loss ({name}, seed {seed}) {bad}")

    for name, each in recorded.items():
        steps = range(0, len(each.operations) + 1, 1 if states > 10_000 else 9)
        run(explorer.single(each, steps), name)
        progress(explorer.states, states)
    kills = 0
    while explorer.states < states:
        kills += 1
        for name, each in recorded.items():
            run(explorer.random(each, min(200, states // 8), chance), name)
        run(_after_a_kill(explorer, corpora, place / f"killed{kills}", chance), "after a kill")
        progress(explorer.states, states)
    operations = sum(len(each.operations) for each in recorded.values())
    return {"states": explorer.states, "bad": 0, "operations": operations, "killed_first": kills}


def _after_a_kill(explorer: Explorer, corpora: Corpora, root: Path, chance: random.Random) -> Iterator[str]:
    """Power loss around the publish that follows one that was killed, whose last steps nothing flushed."""
    root.mkdir()
    published = corpora.versions[: chance.choice((0, 0, 1, 3))]
    killed, other = corpora.versions[len(published) : len(published) + 2]
    end = chance.choice((Recorder(chance.randint(1, 190)), Recorder(chance.randint(1, 3), since=CURRENT)))
    new = chance.choice((killed, other))
    each = record(root, "index", published, new, killed=killed, by=end)
    yield from explorer.random(each, 40, chance)
    yield from explorer.single(each, {each.done})
    shutil.rmtree(root)
    shutil.rmtree(each.before)


def unnoticed(record: Record, explorer: Explorer, *, late: bool = False) -> list[str]:
    """Leave out each flush of a record in turn, or do it only after the commit.

    Returns what those flush whose lack leads to no bad state.
    """
    found = []
    for number, operation in enumerate(record.operations[: record.commit if late else None]):
        if operation.kind == "fsync":
            mutant = record.late(number) if late else record.without(number)
            total = len(mutant.operations)
            after = range(mutant.commit, total + 1)
            steps = dict.fromkeys((mutant.done, *after, *range(number, total, 8)))
            if not any(True for step in steps for _ in explorer.single(mutant, {step})):
                found.append(record.role(operation))
    return found
