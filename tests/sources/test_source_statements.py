"""What a document says of services, teams and other documents besides its links."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rca_search.sources.aliases import mentions_in, paths_of
from rca_search.sources.documents import ParsedFile
from rca_search.sources.relations import MAX_STATEMENTS

Parse = Callable[..., ParsedFile]


def said(parsed: ParsedFile) -> list[tuple[int, str, str]]:
    return [(link.line, link.style, link.target) for link in parsed.statements]


def test_front_matter_says_services_owners_runbooks_and_what_is_related(parse_text: Parse) -> None:
    parsed = parse_text(
        "---\ntitle: checkout-api fails\nservices: [checkout-api,\n  ledger]\nteam: payments team (Ada)\n"
        "owner: Ada Lovelace\nrunbook: '[[Runbooks/pay|how]]'\nrelated: ['[[INC-1]]', old-one]\n"
        "runbook_url: https://example.org/Runbooks/pay\nsupersedes: draft\n---\n# T\n\ntext\n"
    )
    assert said(parsed) == [
        (3, "service", "checkout-api"),
        (4, "service", "ledger"),
        (5, "owner", "payments team"),
        (7, "runbook", "Runbooks/pay"),
        (8, "related", "INC-1"),
        (8, "related", "old-one"),
        (9, "url", "https://example.org/Runbooks/pay"),
        (10, "supersedes", "draft"),
    ]


@pytest.mark.parametrize(
    ("owner", "teams"),
    [
        ("payments", ["payments"]),
        ("Ada Lovelace", []),
        ("Ada / DBA guild", ["DBA guild"]),
        ("the people who know about it all", []),
        ("[payments, edge team]", ["edge team", "payments"]),
        ("none", []),
    ],
)
def test_an_owner_is_a_team_unless_it_is_a_person(parse_text: Parse, owner: str, teams: list[str]) -> None:
    parsed = parse_text(f"---\nowner: {owner}\n---\n# T\n\ntext\n")
    assert [target for _, style, target in said(parsed) if style == "owner"] == teams


NOTE = """\
# checkout-web

Shop for senders. Depends on Kafka, [[pricing]] and cert-manager. No dependency on [[identity]].
Used by [[courier-app]]; it depends on luck.

| Needs | What for |
|---|---|
| [[label-service]] | labels |
| parcel-db | shipments |
| some bucket | archive |

**Depends on**

- redis (`redis-1`)
- [[edge-ingress]]

Text again: [[unrelated]].

```
depends on [[code]]
```

## Dependencies

- Database: PostgreSQL
- message bus of [[notify]]

### Upstream

Asks [[tariffs]].

## Other

- [[elsewhere]]
"""


def test_a_service_note_says_what_it_needs_and_who_needs_it(parse_text: Parse) -> None:
    assert said(parse_text(NOTE, "Services/checkout-web.md")) == [
        (3, "depends_on", "Kafka"),
        (3, "depends_on", "cert-manager"),
        (3, "depends_on", "pricing"),
        (4, "used_by", "courier-app"),
        (8, "depends_on", "label-service"),
        (9, "depends_on", "parcel-db"),
        (14, "depends_on", "redis"),
        (15, "depends_on", "edge-ingress"),
        (25, "depends_on", "PostgreSQL"),
        (26, "depends_on", "notify"),
        (30, "depends_on", "tariffs"),
    ]


def test_only_notes_on_services_state_dependencies(parse_text: Parse) -> None:
    assert said(parse_text(NOTE, "RCAs/2025-01-01-x.md")) == []
    keyed = "---\nkind: service\ndepends_on: [a-db, '[[b]]']\nused_by: web\n---\n# T\n\ntext\n"
    assert said(parse_text(keyed, "x.md")) == [
        (3, "depends_on", "a-db"),
        (3, "depends_on", "b"),
        (4, "used_by", "web"),
    ]


def test_related_sections_and_mentions(parse_text: Parse) -> None:
    parsed = parse_text(
        "# T\n\nAs in INC-12 and 2024-05-01-old-one.md, not UTF8, `INC-13` nor [[INC-14]].\n\n"
        "```\nINC-15\n```\n\n## Related Incidents\n\n- [[that one|it]], https://x.org/a/RCAs/2024-1.md.\n"
    )
    assert said(parsed) == [
        (3, "mention", "2024-05-01-old-one.md"),
        (3, "mention", "INC-12"),
        (11, "related", "that one"),
        (11, "url", "https://x.org/a/RCAs/2024-1.md"),
    ]


def test_statements_are_bounded(parse_text: Parse) -> None:
    parsed = parse_text("# T\n\n" + "".join(f"INC-{number}\n" for number in range(3_000)))
    assert len(parsed.statements) == MAX_STATEMENTS


def test_mentions_skip_links_and_parts_of_longer_names() -> None:
    assert list(mentions_in("[[INC-1]] xINC-2 INC-3-a a/INC-4 INC-5, (INC-6)")) == [
        ("INC-5", "mention"),
        ("INC-6", "mention"),
    ]


@pytest.mark.parametrize(
    ("url", "paths"),
    [
        (
            "https://h/org/RCAs/2025-01-02-x.md",
            ["org/RCAs/2025-01-02-x.md", "RCAs/2025-01-02-x.md", "2025-01-02-x.md"],
        ),
        ("https://h/README.md", []),
        ("https://h/INC-118?x=1#y", ["INC-118"]),
        ("https://h/", []),
        ("https://[bad", []),
    ],
)
def test_the_end_of_an_address_may_be_a_document(url: str, paths: list[str]) -> None:
    assert list(paths_of(url)) == paths
