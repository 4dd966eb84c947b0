"""Names that machines give: found in a question, found again in a text, and what they stand for."""

from __future__ import annotations

import pytest

from rca_search.insight.evidence.alignment import environments_in, regions_in
from rca_search.insight.evidence.identifiers import Searchable, codes_in, named_in, shared
from rca_search.lexical.identifier_kinds import identifier_kind
from rca_search.models import IdentifierKind, Span


def in_common(question: str, text: str) -> list[tuple[str, str]]:
    found = shared(named_in(Searchable(question)), Searchable(text))
    return [(one.name, one.kind.value) for one in found]


@pytest.mark.parametrize(
    ("question", "text", "wanted"),
    [
        ("x509: expired", "openssl x509 -noout", [("x509", "name")]),
        ("x509: expired", "the x5099 thing, my-x509-tool", []),
        ("[FIRING:1] LockersOnlineDrop", "`LockersOnlineDrop` at 09:14", [("LockersOnlineDrop", "alert")]),
        ("LockersOnlineDrop", "the class LockersOnlineDrop", [("LockersOnlineDrop", "name")]),
        ("ETIMEDOUT from the api", "connect etimedout", [("ETIMEDOUT", "error")]),
        ("ORA-12154 at login", "error ORA-12154:", [("ORA-12154", "error")]),
        ("java.sql.PoolError: x", "caused by PoolError", [("PoolError", "error")]),
        ("PoolError", "caused by java.sql.PoolError:", [("PoolError", "error")]),
        ("kf-02 is slow", "coordinator kf-02:9092 due", [("kf-02", "host")]),
        ("kf-02 is slow", "coordinator kf-02.internal", []),
        ("http_requests_total fell", "`http_requests_total`", [("http_requests_total", "metric")]),
        ("since 3.58.0", "Release 3.58.0 (07:55)", [("3.58.0", "version")]),
        ("10.1.2.3 refuses", "ping 10.1.2.3", [("10.1.2.3", "host")]),
        ("df -h says half", "I ran `df -h /scratch`", [("df -h", "command")]),
        ("kubectl drain hangs", "then `kubectl drain node-1`", [("kubectl drain", "command")]),
        ("the kubectl drained node", "kubectl drain", []),
        ("exit code 137", "Exit Code:    137", [("137", "error")]),
        ("exit code 137", "with exit code 137, its requests", [("137", "error")]),
        ("exit code 137", "137 parcels", []),
        ("status=429 rate=100%", "answered `429 Too Many Requests`", [("429", "error")]),
        ('"code":27', "kafkajs, code 27", [("27", "error")]),
        ("a SEV1 on P2", "SEV1, P2", []),
        ("plain words only", "plain words only", []),
    ],
)
def test_what_both_name(question: str, text: str, wanted: list[tuple[str, str]]) -> None:
    assert in_common(question, text) == wanted


def test_places_are_exact_on_both_sides() -> None:
    question, text = "it broke\nwith (x509) and x509", "one\ntwo x509 X509\n\nx509\nx509"
    (found,) = shared(named_in(Searchable(question)), Searchable(text))
    assert found.asked == (Span(2, 6, 10), Span(2, 16, 20))
    assert found.told == (Span(2, 4, 8), Span(2, 9, 13), Span(4, 0, 4))


def test_the_class_of_a_dotted_name_is_marked_alone() -> None:
    (found,) = shared(named_in(Searchable("at a.b.PoolError: x")), Searchable("PoolError"))
    assert (found.name, found.asked, found.told) == ("PoolError", (Span(1, 7, 16),), (Span(1, 0, 9),))


def test_letters_that_grow_in_lower_case_do_not_shift_places() -> None:
    text = "\u0130\u0130\u0130 then x509"
    (found,) = shared(named_in(Searchable("x509")), Searchable(text))
    assert text[found.told[0].start : found.told[0].end] == "x509"


def test_codes_need_a_word_that_says_so() -> None:
    text = (
        "exit 1, exit code 134, status 503.2, HTTP 502, 404 Not Found, error rate 99, 500 rows, status 38 %"
    )
    assert sorted(codes_in(Searchable(text))) == ["134", "404", "502"]


def test_a_long_paste_is_read_from_its_beginning_only() -> None:
    assert len(named_in(Searchable(" ".join(f"name_{n}x" for n in range(10_000))))) == 64


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("eu-west-1 and us-gov-west-1", {"eu-west-1", "us-gov-west-1"}),
        ("zone EU-WEST-1B", {"eu-west-1b"}),
        ("europe-west4-a, us-central1", {"europe-west4-a", "us-central1"}),
        ("westeurope, eastus2, uksouth", {"westeurope", "eastus2", "uksouth"}),
        ("pg-eu-west-1-db, south side, west-1", set()),
    ],
)
def test_regions(text: str, wanted: set[str]) -> None:
    assert set(regions_in(Searchable(text))) == wanted


def test_environments_have_one_name() -> None:
    found = environments_in(Searchable("prod and Production, pre-prod, staging; reproduce the product test"))
    assert found == {
        "production": ("prod", Span(1, 0, 4)),
        "pre-production": ("pre-prod", Span(1, 21, 29)),
        "staging": ("staging", Span(1, 31, 38)),
    }


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("createTimeoutException", IdentifierKind.NAME),
        ("com.acme.TimeoutException", IdentifierKind.ERROR),
        ("INC-118", IdentifierKind.NAME),
        ("ERR_CONNECTION_REFUSED", IdentifierKind.ERROR),
        ("pg-parcel-01", IdentifierKind.HOST),
        ("api.acme.example", IdentifierKind.HOST),
        ("max.poll.interval.ms", IdentifierKind.NAME),
        ("node_filesystem_avail_bytes", IdentifierKind.METRIC),
        ("max_connections", IdentifierKind.NAME),
        ("v2.1.0-rc1", IdentifierKind.VERSION),
        ("HikariPool-1", IdentifierKind.NAME),
    ],
)
def test_kinds(name: str, kind: IdentifierKind) -> None:
    assert identifier_kind(name, [f"an alert about {name}"]) is kind
