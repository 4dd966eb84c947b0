"""The shape of the package: import direction, and what an import costs."""

from __future__ import annotations

import ast
import importlib.metadata
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "rca_search"
MODULES = sorted(path.relative_to(ROOT).as_posix() for path in PACKAGE.rglob("*.py"))
HEAVY = {"torch", "transformers", "sentence_transformers", "faiss", "fastapi", "pydantic", "numpy", "typer"}


def test_imports_only_point_down() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Imports only point down KEPT" in done.stdout


def test_importing_the_package_loads_nothing_heavy() -> None:
    program = (
        "import json, sys, rca_search; print(json.dumps(sorted({m.partition('.')[0] for m in sys.modules})))"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    loaded = set(json.loads(done.stdout))
    assert "rca_search" in loaded
    assert loaded & HEAVY == set()


def test_public_names_are_sorted_and_there() -> None:
    import rca_search

    assert rca_search.__all__ == sorted(rca_search.__all__)
    missing = [name for name in rca_search.__all__ if not hasattr(rca_search, name)]
    assert missing == []


def imported_packages() -> set[str]:
    """Top-level names that the package imports, its own and the standard library's left out."""
    names: set[str] = set()
    for module in MODULES:
        for node in ast.walk(ast.parse((ROOT / module).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names.update(alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                names.add(node.module.partition(".")[0])
    return names - sys.stdlib_module_names - {"rca_search"}


def test_every_imported_package_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    # What an extra brings is imported where it is used, and its absence is told by name.
    optional = [line for name in sorted(extras) if name != "dev" for line in extras[name]]
    wanted = [*project["dependencies"], *optional]
    declared = {canonical(re.split(r"[<>=!~ \[;]", line)[0]) for line in wanted}
    owners = importlib.metadata.packages_distributions()
    undeclared = {
        name
        for name in imported_packages()
        if not {canonical(owner) for owner in owners.get(name, [])} & declared
    }
    assert undeclared == set()


def canonical(name: str) -> str:
    """Spell a distribution's name as package indexes do."""
    return re.sub(r"[-_.]+", "-", name).lower()
