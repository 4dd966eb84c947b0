"""What sort of thing was done is told by verbs of repair, not by words that look like them."""

from __future__ import annotations

import pytest

from rca_search.facts.attempts import find_deeds
from rca_search.models import DurationBasis, Extract, IncidentDuration, IncidentFacts


@pytest.mark.parametrize(
    ("text", "deeds"),
    [
        ("Restarted the broker.", ("restarted",)),
        ("Power cycle of the box, then it answered.", ("restarted",)),
        ("We reverted the change and redeployed.", ("rolled back", "set up again")),
        ("Rollback to 4.1.", ("rolled back",)),
        ("Scaled the pool out to 12 and raised the limit.", ("added capacity",)),
        ("Scaled notify to zero.", ("reduced load",)),
        ("Throttled the importer.", ("reduced load",)),
        ("Dropped the replication slot, deleted the job.", ("removed",)),
        ("Renewed the certificate.", ("renewed",)),
        ("Failed over to the replica.", ("moved",)),
        ("Disabled the flag.", ("turned off",)),
        ("Re-enabled search.", ("turned on",)),
        ("Hotfix applied.", ("upgraded",)),
        ("Connections drop below 30.", ()),
        ("A drop in traffic.", ()),
        ("It was fixed by 03:07.", ()),
        ("Changed the setting and applied it.", ()),
    ],
)
def test_sorts_of_deed(text: str, deeds: tuple[str, ...]) -> None:
    assert find_deeds((Extract(1, 1, text, "sentence"),)) == deeds


def test_only_the_first_extract_counts() -> None:
    found = (Extract(1, 1, "Restarted it.", "section"), Extract(2, 2, "Rolled back.", "sentence"))
    assert find_deeds(found) == ("restarted",)
    assert find_deeds(()) == ()


def facts(*deeds: str) -> IncidentFacts:
    unknown = IncidentDuration(None, DurationBasis.UNKNOWN)
    return IncidentFacts((), (), (), (), unknown, (), (), (), planned=False, deeds=deeds)


@pytest.mark.parametrize(
    ("one", "other", "otherwise"),
    [
        (("restarted",), ("rolled back",), True),
        (("restarted", "renewed"), ("renewed",), False),
        (("restarted",), (), None),
        ((), (), None),
    ],
)
def test_fixed_otherwise(one: tuple[str, ...], other: tuple[str, ...], otherwise: bool | None) -> None:
    assert facts(*one).fixed_otherwise(facts(*other)) is otherwise
    assert facts(*other).fixed_otherwise(facts(*one)) is otherwise
