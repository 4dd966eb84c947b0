"""Templates: what a house style of one organisation costs the questions that others' incidents answer.

The incidents of one organisation after another get a title prefix and three sections that say the same in
each of them. Then every question that documents of other organisations answer is asked, as it stands and with
the words of the template before it, with and without what takes the style of folders off.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.ablation import PARTS
from benchmarks.judged import SETS, mean
from benchmarks.material import indexed_folder
from benchmarks.setting import CannotMeasureError, Measured, Setting
from benchmarks.tables import Table
from rca_search.bootstrap import open_service
from rca_search.config import Settings
from rca_search.evaluation.dataset import JudgedQuery, load_dataset, resolved
from rca_search.models import Kind, Query
from rca_search.service import SearchService

ORGANISATIONS = ("dfds", "mybinder", "2i2c")
"""Folders of 23 to 39 incidents each."""

PREFIX = "RCA "
SECTIONS = """

## Customer impact assessment

Requests were failing for users and the service was not responding. Error rates and latency went up, pods were
restarting, and on-call was paged by the alert. Severity was assessed with the incident matrix.

## Root cause analysis

The five whys were asked by the review board. Monitoring did not notice the outage. The connection timed out
and the certificate, disk, memory and database were checked by the responder.

## Prevention

Root cause owners add alerts, dashboards and runbooks so that the failure is noticed before users are
affected.
"""
ASKED = {
    "as it stands": "",
    "with words of the template": PREFIX + "root cause, users affected, requests failing: ",
}
STYLE = "the style of folders"
"""The part of the ranking, by its name in ``ablation.PARTS``."""


def measure(setting: Setting) -> Measured:
    """Ask with and without the template, and with and without what takes it off."""
    rows = []
    figures = []
    for organisation in ORGANISATIONS:
        service = _service(setting, organisation)
        asked = list(_questions(setting, service, organisation))
        for words, before in ASKED.items():
            found = [_shares(service, asked, before, organisation)]
            with PARTS[STYLE]():
                found.append(_shares(service, asked, before, organisation))
            cells = [f"{share:.3f}" for pair in zip(*found, strict=True) for share in pair]
            rows.append((f"{organisation}, {words} ({len(asked)})", *cells))
            figures.append({"organisation": organisation, "asked": words, "with, without": found})
    headings = (
        "questions",
        "right first, with",
        "without",
        "of that folder in the best five, with",
        "without",
    )
    title = "The incidents of one organisation share a template: with and without what takes the style off"
    return Measured({}, (Table(title, headings, tuple(rows)),), {"trials": figures})


def templated(source: Path, target: Path) -> None:
    """Copy a folder of incidents to ``target``, each with the prefix in its title and the sections."""
    shutil.copytree(source, target)
    for file in sorted(target.rglob("*.md")):
        text = file.read_text(encoding="utf-8")
        text = re.sub(r"(?m)^(title: *['\"]?)", rf"\g<1>{PREFIX}", text, count=1)
        text = re.sub(r"(?m)^# ", f"# {PREFIX}", text, count=1)
        file.write_text(text + SECTIONS, encoding="utf-8")


def _service(setting: Setting, organisation: str) -> SearchService:
    if setting.corpora is None:
        raise CannotMeasureError("Real incidents are needed: set RCA_CORPORA (benchmarks/README.md).")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "incidents"
        shutil.copytree(setting.corpora / "corpora" / "incidents", folder)
        shutil.rmtree(folder / organisation)
        templated(setting.corpora / "corpora" / "incidents" / organisation, folder / organisation)
        found = indexed_folder(setting, f"template-{organisation}", folder)
    return open_service(Settings(index=found.index, workers=setting.threads))


def _questions(setting: Setting, service: SearchService, organisation: str) -> Iterator[JudgedQuery]:
    """Yield the questions that no incident of ``organisation`` answers and others do."""
    for name in [name for name, (corpus, _) in SETS.items() if corpus == "incidents"]:
        folder = Path(str(setting.corpora)) / "bench" / name
        for query in load_dataset(folder / "queries.jsonl", folder / "judged.tsv"):
            found = resolved(query, service.find)
            if found.relevant and not any(each.startswith(f"{organisation}/") for each in found.relevant):
                yield found


def _shares(
    service: SearchService, asked: Sequence[JudgedQuery], before: str, organisation: str
) -> tuple[float, float]:
    """Return how often the first hit is relevant, and the share of the folder among the best five."""
    right, taken = [], []
    for question in asked:
        exclude = (question.own,) if question.own is not None else ()
        ranked = service.ranking(Query(text=before + question.text, exclude=exclude), Kind.INCIDENT, depth=5)
        names = [document for document, _ in ranked]
        right.append(float(question.relevant.get(names[0], 0) > 0))
        taken.append(mean([float(name.startswith(f"{organisation}/")) for name in names]))
    return mean(right), mean(taken)
