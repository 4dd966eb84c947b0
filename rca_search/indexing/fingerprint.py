"""Digests of what shapes an index besides its documents, so that a change of any takes effect.

What a stage of a build depends on is found in its code: the modules that it imports, directly or through
others, wherever in a module an import stands, and the data beside them. An edit anywhere else, in a chart or
a route, changes no digest, and nothing is built anew.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path

import rca_search
from rca_search.indexing.storage import storage_errors

PACKAGE = "rca_search"
DATA = (".json", ".toml", ".txt")
"""Suffixes of files that a module reads which lie beside it."""

DOCUMENT_STAGES = ("rca_search.indexing.parse", "rca_search.indexing.chunk", "rca_search.indexing.embed")
"""The modules of the stages that read, cut and encode documents."""

_LIBRARIES = ("markdown-it-py", "numpy", "python-frontmatter", "pyyaml")
"""What documents are read with; the model and the rules for words have digests of their own."""


@cache
@storage_errors("Reading the program's own code")
def code_fingerprint(*modules: str) -> str:
    """Return the digest of all that ``modules`` depend on, and of the libraries that documents are read with.

    Taken once, because a process goes on with the code that it has loaded. Raises StorageError.
    """
    root = _root()
    digest = hashlib.sha256()
    for library in _LIBRARIES:
        digest.update(f"{library} {version(library)}\0".encode())
    for file in shaping_files(modules):
        digest.update(file.relative_to(root).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def _data_beside(module: Path) -> Iterator[Path]:
    """Give the data beside a module, that in folders of nothing else included."""
    for path in module.parent.iterdir():
        if path.suffix in DATA:
            yield path
        elif path.is_dir() and not (path / "__init__.py").exists():
            yield from (inner for inner in path.iterdir() if inner.suffix in DATA)


def shaping_files(modules: Iterable[str]) -> list[Path]:
    """Return the files of ``modules``, of all of this package that they import, and the data beside these."""
    found: set[Path] = set()
    waiting = [module for module in modules if module.partition(".")[0] == PACKAGE]
    seen = set(waiting)
    while waiting:
        file = _file(waiting.pop())
        if file is None:
            continue
        found.add(file)
        if file.name != "__init__.py":
            found.update(_data_beside(file))
        new = imported(file) - seen
        seen |= new
        waiting += sorted(new)
    return sorted(found)


@cache
def imported(file: Path) -> frozenset[str]:
    """Return the modules of this package that ``file`` imports, in a function or not.

    A name that a package merely passes on counts as the module that it comes from, so that one who takes one
    class of ``rca_search.models`` does not depend on all others. What only annotations need counts not.
    """
    found: set[str] = set()
    for node in _running(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names if alias.name.partition(".")[0] == PACKAGE)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == PACKAGE:
            found.update(_origin(str(node.module), alias.name) for alias in node.names)
    return frozenset(found)


def sources_digest(files: Iterable[tuple[str, str]]) -> str:
    """Return the digest of (path, sha256) pairs, whatever their order."""
    lines = sorted(f"{path}\0{sha256}" for path, sha256 in files)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _running(tree: ast.AST) -> Iterable[ast.AST]:
    """Yield all nodes but those below ``if TYPE_CHECKING``."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            continue
        yield node
        yield from _running(node)


def _origin(package: str, name: str) -> str:
    """Return the module that ``from package import name`` depends on."""
    whole = f"{package}.{name}"
    if _file(whole) is not None:
        return whole
    file = _file(package)
    if file is None or file.name != "__init__.py":
        return package
    return _passed_on(file).get(name, package)


@cache
def _passed_on(file: Path) -> dict[str, str]:
    """Return the names that a package imports from modules of its own, each with the module."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    nodes = [node for node in tree.body if isinstance(node, ast.ImportFrom) and node.module]
    own = [node for node in nodes if str(node.module).partition(".")[0] == PACKAGE]
    return {alias.asname or alias.name: str(node.module) for node in own for alias in node.names}


@cache
def _file(module: str) -> Path | None:
    """Return the file of ``module``, or None where there is no such module."""
    place = _root().joinpath(*module.split(".")[1:])
    for file in (place.with_suffix(".py"), place / "__init__.py"):
        if file.is_file():
            return file
    return None


def _root() -> Path:
    return Path(rca_search.__file__).parent
