"""The link graph: what it joins, what it leaves dangling, and that a view has a graph of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import pytest

from rca_search.errors import AmbiguousIdError, DocumentNotFoundError, InvalidRequestError
from rca_search.insight.links.graph import MAX_NODES, LinkGraph
from rca_search.insight.links.near import NearNames
from rca_search.models import NodeKind

if TYPE_CHECKING:
    from tests.insight.conftest import Company

BILLING, ORDER = "Services/billing-api", "Services/order-api"
FIRST, AGAIN = "RCAs/2025-01-10-billing-slow", "RCAs/2025-03-10-billing-again"


def edges(graph: LinkGraph) -> set[tuple[str, str, str, str]]:
    return {(edge.source, edge.kind.value, edge.target, f"{edge.path}:{edge.line}") for edge in graph.edges}


def test_everything_that_is_said_is_an_edge_with_its_line(company: Company) -> None:
    assert edges(company.graph()) == {
        (FIRST, "service", BILLING, f"{FIRST}.md:4"),
        (FIRST, "mention", "missing:inc-9", f"{FIRST}.md:10"),
        (FIRST, "link", "Runbooks/certificates-renewal", f"{FIRST}.md:10"),
        (FIRST, "link", "missing:no such page", f"{FIRST}.md:10"),
        (AGAIN, "service", BILLING, f"{AGAIN}.md:4"),
        (AGAIN, "mention", FIRST, f"{AGAIN}.md:10"),
        (AGAIN, "url", "Runbooks/runbook-billing-api", f"{AGAIN}.md:10"),
        (AGAIN, "link", "missing:certificate-renewl", f"{AGAIN}.md:10"),
        ("RCAs/2025-04-01-search", "service", "service:search", "RCAs/2025-04-01-search.md:4"),
        ("RCAs/2025-04-01-search", "link", "missing:twin", "RCAs/2025-04-01-search.md:10"),
        ("Runbooks/runbook-billing-api", "service", BILLING, "Runbooks/runbook-billing-api.md:1"),
        ("Runbooks/runbook-order-api", "service", ORDER, "Runbooks/runbook-order-api.md:1"),
        (BILLING, "owner", "Teams/payments", f"{BILLING}.md:2"),
        (BILLING, "runbook", "Runbooks/runbook-billing-api", f"{BILLING}.md:3"),
        (BILLING, "depends_on", ORDER, f"{BILLING}.md:9"),
        (BILLING, "depends_on", "service:kafka", f"{BILLING}.md:10"),
        (BILLING, "link", "Runbooks/certificates-renewal", f"{BILLING}.md:11"),
        ("service:ledgerui", "depends_on", ORDER, f"{ORDER}.md:3"),
        ("service:ledger", "owner", "Teams/payments", "catalog-info.yaml:5"),
        ("service:ledger", "part_of", "service:shop", "catalog-info.yaml:6"),
        ("service:ledger", "depends_on", "service:ledgerdb", "catalog-info.yaml:7"),
        ("service:ledger", "depends_on", BILLING, "catalog-info.yaml:7"),
    }


def test_what_is_not_there_stays_visible_with_what_may_be_meant(company: Company) -> None:
    found = company.graph().around(AGAIN, 1)
    missing = {node.id: node.near for node in found.nodes if node.kind is NodeKind.MISSING}
    assert missing == {"missing:certificate-renewl": ("Runbooks/certificates-renewal",)}
    twins = company.graph().around("RCAs/2025-04-01-search", 1)
    assert [node.near for node in twins.nodes if node.kind is NodeKind.MISSING] == [
        ("Runbooks/a/twin", "Runbooks/b/twin")
    ]


def test_steps_outward_are_counted(company: Company) -> None:
    near = company.graph().around("ledger", 1)
    assert [(node.id, distance) for node, distance in zip(near.nodes, near.distances, strict=True)] == [
        ("service:ledger", 0),
        (BILLING, 1),
        ("service:ledgerdb", 1),
        ("service:shop", 1),
        ("Teams/payments", 1),
    ]
    far = company.graph().around("ledger", 2)
    assert {node.id for node, steps in zip(far.nodes, far.distances, strict=True) if steps == 2} == {
        FIRST, AGAIN, "Runbooks/certificates-renewal", "Runbooks/runbook-billing-api", ORDER, "service:kafka",
    }  # fmt: skip
    assert {(edge.source, edge.target) for edge in near.edges} < {(e.source, e.target) for e in far.edges}
    assert near.left_out == far.left_out == 0


@pytest.mark.parametrize(
    ("name", "node"),
    [
        ("billing-api", BILLING),
        ("Billing API", BILLING),
        ("kafka", "service:kafka"),
        ("Ledger_UI", "service:ledgerui"),
        ("payments", "Teams/payments"),
        ("missing:twin", "missing:twin"),
        ("INC-7", "RCAs/2025-04-01-search"),
    ],
)
def test_a_node_is_found_by_any_name(company: Company, name: str, node: str) -> None:
    assert company.graph().find(name) == node


def test_unknown_and_ambiguous_names_say_so(company: Company) -> None:
    with pytest.raises(DocumentNotFoundError, match="billing-apy") as caught:
        company.graph().around("billing-apy", 1)
    assert BILLING in caught.value.candidates
    with pytest.raises(AmbiguousIdError):
        company.graph().find("twin")
    for depth in (0, 4):
        with pytest.raises(InvalidRequestError, match=f"depth of {depth}"):
            company.graph().around("kafka", depth)


def test_hidden_documents_are_not_even_suggested(company: Company) -> None:
    graph = company.graph("Runbooks/certificates-renewal", BILLING)
    assert [node.near for node in graph.nodes.values() if node.kind is NodeKind.MISSING and node.near] == []
    assert graph.near("certificate-renewl") == ()
    with pytest.raises(DocumentNotFoundError) as caught:
        graph.find("certificates-renewl")
    assert "Runbooks/certificates-renewal" not in caught.value.candidates
    # The service is still spoken of, but no note of it exists here.
    assert graph.find("billing-api") == "service:billingapi"


@pytest.mark.parametrize(
    "hidden",
    [
        [FIRST],
        [BILLING],
        ["Runbooks/certificates-renewal", "Teams/payments"],
        ["Runbooks/a/twin", ORDER],
        ["RCAs/2025-04-01-search", AGAIN, "Runbooks/runbook-billing-api"],
    ],
)
def test_the_graph_of_a_view_is_that_of_an_index_of_the_visible_part(
    company: Company,
    make_company: Callable[[Mapping[str, str]], Company],
    company_documents: dict[str, str],
    hidden: list[str],
) -> None:
    kept = {path: text for path, text in company_documents.items() if path.removesuffix(".md") not in hidden}
    alone, view = make_company(kept).graph(), company.graph(*hidden)
    assert view.edges == alone.edges
    assert dict(view.nodes) == dict(alone.nodes)
    for node in alone.nodes:
        assert view.around(node, 2) == alone.around(node, 2)


def test_a_large_neighbourhood_is_cut_and_says_so(
    make_company: Callable[[Mapping[str, str]], Company],
) -> None:
    lines = "\n".join(f"[[gone {number}]]" for number in range(MAX_NODES + 10))
    found = make_company({"RCAs/a.md": f"# A\n\n{lines}\n"}).graph().around("RCAs/a", 1)
    assert (len(found.nodes), len(found.edges), found.left_out) == (MAX_NODES, MAX_NODES - 1, 11)


def test_near_names_are_spelled_alike() -> None:
    names = NearNames([("Disk full", "a"), ("disk-full", "b"), ("unrelated page", "c")])
    assert set(names.near("disk ful")) == {"a", "b"}
    assert names.near("completely different") == ()
    assert NearNames([]).near("x") == ()


def test_answers_and_the_graph_need_no_markdown_or_yaml_library() -> None:
    program = """
import sys, rca_search.service, rca_search.insight.gaps
loaded = {name.partition(".")[0] for name in sys.modules}
print(loaded & {"yaml", "frontmatter", "markdown_it", "networkx"})
"""
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "set()"
