"""Families of incidents: the right ones, under ids that last, and none of what a view hides."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from rca_search.embedding.hashing import HashingEncoder
from rca_search.errors import AmbiguousIdError, DocumentNotFoundError, IndexFormatError, InvalidRequestError
from rca_search.insight.families.index import FamilyIndex
from rca_search.models import Filter, Query
from rca_search.protocols import Encoder
from rca_search.service import SearchService

Make = Callable[..., SearchService]

pytestmark = pytest.mark.model


def told(service: SearchService, query: Query) -> dict[str, Any]:
    found = asdict(service.families(query))
    del found["freshness"]
    return found


def families(service: SearchService) -> set[frozenset[str]]:
    found = service.families(Query("", limit=100)).families
    return {frozenset(member.id.removeprefix("RCAs/")[:10] for member in family.members) for family in found}


def test_failures_told_in_different_words_are_families(example_service: SearchService) -> None:
    """Full disks, killed pods, lost locks, dead certificates: no two of these titles read alike."""
    found = families(example_service)
    expected = {
        frozenset({"2024-09-24", "2025-05-30", "2026-10-06"}),  # a transaction holds locks
        frozenset({"2024-10-14", "2025-11-28", "2026-06-09"}),  # a pool of connections is used up
        frozenset({"2025-02-13", "2025-10-20", "2026-07-02"}),  # name resolution is slow
        frozenset({"2025-04-15", "2025-10-07", "2026-06-24"}),  # memory limit, killed
        frozenset({"2025-06-18", "2026-01-11", "2026-08-22"}),  # certificates refused
        frozenset({"2025-07-22", "2026-05-27"}),  # the geocoder's quota
        frozenset({"2025-09-10", "2026-03-04"}),  # consumers leave and join
        frozenset({"2025-12-29", "2026-07-21"}),  # the SMS provider
    }
    assert expected <= found
    assert not any("2025-08-05" in family and "2024-12-09" in family for family in found)


def test_hits_say_how_often_their_failure_is_on_record(example_service: SearchService) -> None:
    hit = example_service.search(Query("pods OOMKilled, exit 137", limit=1)).incidents[0]
    assert hit.recurrence is not None
    days = (dt.date(2025, 4, 15), dt.date(2025, 10, 7), dt.date(2026, 6, 24))
    assert (hit.recurrence.count, hit.recurrence.dates) == (3, days)
    family = example_service.families(Query(""), hit.recurrence.family).families[0]
    assert [member.date for member in family.members] == list(days)
    before = example_service.search(Query("pods OOMKilled, exit 137", as_of=dt.date(2025, 5, 1)))
    assert before.incidents[0].document.id == "RCAs/2025-04-15-label-pods-oomkilled"
    assert before.incidents[0].recurrence is None


def without(vault: Path, place: Path, hidden: Callable[[str], bool]) -> tuple[Path, tuple[str, ...]]:
    """Copy the vault but for hidden documents; return the folder and the ids of what is left out."""
    left_out = []
    for path in sorted(vault.rglob("*.md")):
        name = path.relative_to(vault).as_posix()
        if hidden(name):
            left_out.append(name.removesuffix(".md"))
        else:
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place / name)
    return place, tuple(left_out)


def test_what_a_view_hides_leaves_no_trace(
    example_service: SearchService,
    make_service: Make,
    model: Encoder,
    vault: Path,
    tmp_path: Path,
) -> None:
    def hidden(name: str) -> bool:
        return "oomkilled" in name or "coredns" in name or name.startswith("Runbooks")

    folder, left_out = without(vault, tmp_path / "vault", hidden)
    alone = make_service(folder, model)
    view = told(example_service, Query("", limit=100, exclude=left_out))
    assert view == told(alone, Query("", limit=100))
    assert view["families"]
    ids = FamilyIndex(example_service.snapshot)
    mask = example_service.snapshot.everything.without(
        *(example_service.snapshot.ordinals[name] for name in left_out)
    )
    groups = {one: group for group in ids.groups(mask) for one in group}
    lazy = FamilyIndex(example_service.snapshot)
    for one in ids.counted(mask):
        assert lazy.group_of(one, mask) == groups.get(one, (one,))


def test_a_day_in_the_past_knows_only_its_own_past(
    example_service: SearchService, make_service: Make, model: Encoder, vault: Path, tmp_path: Path
) -> None:
    def later(name: str) -> bool:
        return name.startswith("RCAs/") and name[5:15] > "2025-12-31"

    alone = make_service(without(vault, tmp_path / "vault", later)[0], model)
    as_of = told(example_service, Query("", limit=100, as_of=dt.date(2025, 12, 31)))
    assert as_of == told(alone, Query("", limit=100))


def test_ids_outlive_edits_and_new_incidents(
    example_service: SearchService, make_service: Make, model: Encoder, vault: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(vault, tmp_path / "vault"))
    first = folder / "RCAs/2025-04-15-label-pods-oomkilled.md"
    again = first.read_text("utf-8").replace("2025-04-15", "2026-11-02")
    (folder / "RCAs/2026-11-02-label-pods-again.md").write_text(again, "utf-8")
    first.write_text(first.read_text("utf-8") + "\nThe limit was raised later.\n", "utf-8")
    name = "RCAs/2025-04-15-label-pods-oomkilled"
    before = example_service.families(Query(""), name).families[0]
    after = make_service(folder, model).families(Query(""), name).families[0]
    assert after.id == before.id
    assert after.members[0].id == name
    assert after.members[-1].id == "RCAs/2026-11-02-label-pods-again"


def test_a_filter_narrows_what_is_counted_and_never_what_belongs_together(
    example_service: SearchService,
) -> None:
    whole = example_service.families(Query(""), "RCAs/2025-04-15-label-pods-oomkilled").families[0]
    narrowed = Query("", filter=Filter(services=("Route_Planner",), since=dt.date(2025, 5, 1)))
    family = example_service.families(narrowed, whole.id).families[0]
    assert (family.id, family.count, family.total) == (whole.id, 1, 3)
    assert family.members[0].id == "RCAs/2025-10-07-route-planner-memory"
    with pytest.raises(DocumentNotFoundError):
        example_service.families(Query("", filter=Filter(services=("pricing",))), whole.id)


def test_costs_add_up(example_service: SearchService) -> None:
    found = example_service.families(Query("", limit=100))
    assert found.found == len(found.families)
    costs = [family.cost_minutes for family in found.families]
    assert costs == sorted(costs, reverse=True)
    for family in found.families:
        known = [member.minutes for member in family.members if member.minutes is not None]
        assert (family.minutes, family.timed, family.count) == (sum(known), len(known), len(family.members))
        assert sum(count for _, count in family.months) == sum(bool(m.date) for m in family.members)
        assert family.name


def test_bad_questions(example_service: SearchService) -> None:
    with pytest.raises(InvalidRequestError, match="limit of 0"):
        example_service.families(Query("", limit=0))
    with pytest.raises(DocumentNotFoundError, match="No family is called"):
        example_service.families(Query(""), "Runbooks/certificate-renewal")


POWER = "---\ntitle: {0}\ndate: 2025-0{1}-01\n{2}\n---\n# {0}\n\n## Summary\n\nThe {0} lost power twice.\n"


def test_planned_maintenance_is_in_no_family(make_service: Make) -> None:
    documents = {
        f"RCAs/{name}.md": POWER.format("north hall", number, "")
        for number, name in enumerate("abcdefg", start=1)
    }
    documents["RCAs/work.md"] = POWER.format("north hall", 8, "status: scheduled")
    service = make_service(documents, HashingEncoder())
    index = FamilyIndex(service.snapshot)
    assert service.snapshot.ordinals["RCAs/work"] not in index.counted(service.snapshot.everything)
    assert service.families(Query("")).incidents == 7
    hits = service.search(Query("lost power", limit=20)).incidents
    assert [hit.recurrence for hit in hits if hit.document.id == "RCAs/work"] == [None]


def test_a_name_that_several_incidents_have_is_ambiguous(make_service: Make) -> None:
    documents = {
        "RCAs/north/outage.md": POWER.format("north", 1, ""),
        "RCAs/south/outage.md": POWER.format("south", 2, ""),
    }
    with pytest.raises(AmbiguousIdError):
        make_service(documents, HashingEncoder()).families(Query(""), "outage")


def test_an_index_made_without_families_answers_and_says_so(tmp_path: Path, vault: Path) -> None:
    from rca_search.embedding.source import NamedEncoder
    from rca_search.indexing.build import BuildRequest, Tools, build

    build(BuildRequest((vault,)), tmp_path / "index", Tools(NamedEncoder("test-hashing")))
    service = SearchService(tmp_path / "index")
    assert service.search(Query("disk full")).incidents[0].recurrence is None
    with pytest.raises(IndexFormatError, match="without families"):
        service.families(Query(""))
