"""Equal documents give equal bytes, wherever and however they are built; other code gives other bytes."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import rca_search
from rca_search.indexing.build import BuildReport
from rca_search.indexing.fingerprint import sources_digest

Rebuild = Callable[..., BuildReport]
Read = Callable[[Path], dict[str, bytes]]
BUILD = """
import json, sys
from pathlib import Path
from rca_search.bootstrap import build_index
from rca_search.config import Settings
from rca_search.service import SearchService
order = json.loads(sys.argv[1])
for index, store, model in order["builds"]:
    settings = Settings(index=Path(index), model=model, store=store, workers=order.get("workers"))
    report = build_index(settings, [Path(order["docs"])], progress=lambda *step: None)
    print(report.version, report.published)
"""


def build(
    docs: Path, builds: list[tuple[Path, str]], model: str = "test-hashing", **environment: str
) -> list[str]:
    """Build in a process of its own and return version and whether it was published, for each."""
    workers = environment.pop("workers", None)
    order = {"docs": str(docs), "builds": [(str(index), store, model) for index, store in builds]}
    if workers:
        order["workers"] = workers
    done = subprocess.run(
        [sys.executable, "-c", BUILD, json.dumps(order)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, **environment},
        cwd=docs,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def shuffled(docs: Path, place: Path, seed: int) -> Path:
    """Write the documents again elsewhere, in another order."""
    files = sorted(docs.rglob("*.md"))
    random.Random(seed).shuffle(files)
    for file in files:
        target = place / "vault" / file.relative_to(docs)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)
        os.utime(target, (seed, seed))
    return place / "vault"


def test_equal_documents_give_equal_bytes(docs: Path, tmp_path: Path, everything_under: Read) -> None:
    surroundings = [
        {"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C.UTF-8"},
        {"PYTHONHASHSEED": "1", "TZ": "Pacific/Kiritimati", "LC_ALL": "C"},
        {"PYTHONHASHSEED": "4242", "TZ": "America/St_Johns", "PYTHONUTF8": "0", "OMP_NUM_THREADS": "1"},
    ]
    found = []
    for number, environment in enumerate(surroundings):
        place = tmp_path / "elsewhere" / ("deep" * number or "flat")
        folder = shuffled(docs, place, number)
        said = build(folder, [(place / "one", "exact"), (place / "two", "faiss")], **environment)
        assert [line.split()[1] for line in said] == ["True", "True"]
        found.append(
            (said, everything_under(place / "one/versions"), everything_under(place / "two/versions"))
        )
    assert found[1] == found[0]
    assert found[2] == found[0]


@pytest.mark.full
@pytest.mark.model
def test_the_real_model_gives_equal_bytes_by_any_number_of_workers(
    docs: Path, tmp_path: Path, everything_under: Read
) -> None:
    versions = [
        build(docs, [(tmp_path / workers, "faiss")], model="all-MiniLM-L6-v2", workers=workers, TZ=zone)
        for workers, zone in (("1", "UTC"), ("2", "Asia/Tokyo"))
    ]
    assert versions[0] == versions[1]
    assert everything_under(tmp_path / "1/versions") == everything_under(tmp_path / "2/versions")


def test_code_that_shapes_the_index_builds_it_again_and_other_code_does_not(
    docs: Path, tmp_path: Path
) -> None:
    package = tmp_path / "lib" / "rca_search"
    shutil.copytree(
        Path(rca_search.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__", "*.pyc")
    )
    index = tmp_path / "index"
    here = {"PYTHONPATH": str(tmp_path / "lib")}

    def published() -> bool:
        (said,) = build(docs, [(index, "exact")], **here)
        return said.split()[1] == "True"

    assert published()
    for untouched in ("cli/wording.py", "service.py", "ranking/passages.py"):
        with (package / untouched).open("a") as stream:
            stream.write("# another comment\n")
    assert not published()
    for shaping in (
        "text/languages/de.toml",
        "facts/phrases.toml",
        "text/markdown.py",
        "models/documents.py",
        "facts/cause.py",
        "ranking/feedback.py",
    ):
        with (package / shaping).open("a") as stream:
            stream.write("# another comment\n")
        assert published(), shaping
    assert not published()


def test_the_digest_of_sources_knows_no_order_and_no_accidents() -> None:
    pairs = [("a", "1"), ("b", "2"), ("c", "3")]
    assert sources_digest(pairs) == sources_digest(reversed(pairs))
    others = [
        [],
        pairs[:2],
        [("a", "2"), ("b", "1"), ("c", "3")],
        [("a", "1b"), ("", "2"), ("c", "3")],
        pairs * 2,
    ]
    assert len({sources_digest(other) for other in [pairs, *others]}) == 6
