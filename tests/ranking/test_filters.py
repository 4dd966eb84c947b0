"""Which documents a filter lets through."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pytest

from rca_search.models import Filter, Kind
from rca_search.ranking.filters import candidates, existing_on, fold, severity_key


@dataclass(frozen=True)
class Table:
    kinds: tuple[Kind, ...] = (Kind.INCIDENT, Kind.INCIDENT, Kind.RUNBOOK, Kind.INCIDENT)
    services: tuple[tuple[str, ...], ...] = (("checkout-api", "ingress"), ("Checkout_API",), (), ("search",))
    severities: tuple[str | None, ...] = ("SEV-1", "sev 2", None, "Sev1")
    tags: tuple[tuple[str, ...], ...] = (("tls", "Cert Expiry"), (), ("tls",), ("disk",))
    dates: tuple[dt.date | None, ...] = (dt.date(2025, 1, 1), dt.date(2025, 6, 30), None, dt.date(2026, 1, 1))


def passing(**wanted: Any) -> list[int]:
    return [place for place, flag in enumerate(candidates(Table(), Filter(**wanted)).tolist()) if flag]


def test_names_are_compared_without_case_and_separators() -> None:
    assert fold("SEV-1") == fold("sev1") == fold(" Sev_1 ") == "sev1"
    assert fold("Straße") == fold("STRASSE")
    assert fold("sev1") != fold("sev11")


@pytest.mark.parametrize(
    ("spellings", "key"),
    [
        (("SEV2", "sev-2", "P2", "2", "Severity 2", "S2", "Sev. 2 (partial)", "3 \u2192 2 (escalated)"), "2"),
        (("SEV0", "P0"), "0"),
        (("Major", "major "), "major"),
        (("High -> Critical",), "critical"),
        (("P12", "p 12"), "p12"),
        (("2.5",), "25"),
    ],
)
def test_severities_join_by_their_level(spellings: tuple[str, ...], key: str) -> None:
    assert {severity_key(spelling) for spelling in spellings} == {key}


def test_no_filter_lets_everything_through() -> None:
    assert passing() == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"kinds": (Kind.RUNBOOK,)}, [2]),
        ({"kinds": (Kind.RUNBOOK, Kind.INCIDENT)}, [0, 1, 2, 3]),
        ({"kinds": (Kind.SERVICE,)}, []),
        ({"services": ("checkout api",)}, [0, 1]),
        ({"services": ("CHECKOUT-API", "search")}, [0, 1, 3]),
        ({"services": ("checkout",)}, []),
        ({"severities": ("sev1",)}, [0, 3]),
        ({"severities": ("SEV-1", "SEV-2")}, [0, 1, 3]),
        ({"tags": ("TLS",)}, [0, 2]),
        ({"tags": ("cert-expiry",)}, [0]),
        ({"services": ("checkout-api",), "severities": ("sev2",)}, [1]),
        ({"services": ("checkout-api",), "severities": ("sev3",)}, []),
        ({"tags": ("tls",), "kinds": (Kind.INCIDENT,)}, [0]),
        ({"since": dt.date(2025, 6, 30)}, [1, 3]),
        ({"until": dt.date(2025, 6, 30)}, [0, 1]),
        ({"since": dt.date(2025, 1, 1), "until": dt.date(2025, 1, 1)}, [0]),
        ({"since": dt.date(2025, 7, 1), "until": dt.date(2025, 12, 31)}, []),
        ({"since": dt.date.min}, [0, 1, 3]),
        ({"services": ("",)}, []),
        ({"severities": ("--",)}, []),
    ],
)
def test_filters_narrow(wanted: dict[str, Any], expected: list[int]) -> None:
    assert passing(**wanted) == expected


def test_undated_documents_exist_on_every_day() -> None:
    assert existing_on(Table(), dt.date(2025, 6, 30)).tolist() == [True, True, True, False]
    assert existing_on(Table(), dt.date(2025, 6, 29)).tolist() == [True, False, True, False]
    assert existing_on(Table(), dt.date.min).tolist() == [False, False, True, False]
