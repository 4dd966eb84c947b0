"""``show --graph`` and ``gaps``: what they print, as text and as JSON, and how they end."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

Ask = Callable[..., Result]
Answer = Callable[..., dict[str, Any]]

CERTIFICATE = "RCAs/2025-11-02-checkout-certificate"

GRAPH = f"""\
checkout-api
service · Services/checkout-api · 2 neighbours within 1 step

incidents (1)
  about it  {CERTIFICATE}  {CERTIFICATE}.md:5

services (1)
  depends on  ingress  Services/checkout-api.md:5
"""
GAPS = """\
Stale runbooks: not updated though 1 incident or more came since (1)
  runbook                updated  incidents  last
  Runbooks/certificates  no date  1          2025-11-02

Services with incidents but without a runbook (3)
  service       incidents  last
  payments-api  1          2025-03-14
  checkout-api  1          2025-11-02
  ingress       1          2025-11-02
"""


def test_neighbours_stand_by_kind_with_the_line_that_says_so(ask: Ask) -> None:
    assert ask("show", "checkout-api", "--graph").stdout == GRAPH


def test_two_steps_say_by_way_of_what(ask: Ask) -> None:
    text = ask("show", "checkout-api", "--graph", "--depth", "2").stdout
    assert text.startswith(GRAPH.replace("2 neighbours within 1 step", "3 neighbours within 2 steps"))
    assert text.endswith(
        "runbooks, 2 steps away (1)\n"
        f"  related  Runbooks/certificates (by {CERTIFICATE})  {CERTIFICATE}.md:33\n"
    )  # fmt: skip


def test_the_graph_as_json(answer: Answer) -> None:
    body = answer("show", "ingress", "--graph")
    assert (body["id"], body["depth"], body["left_out"]) == ("service:ingress", 1, 0)
    assert [(node["id"], node["distance"], node["document"]) for node in body["nodes"]] == [
        ("service:ingress", 0, False),
        (CERTIFICATE, 1, True),
        ("Services/checkout-api", 1, True),
    ]
    assert {(edge["source"], edge["kind"], edge["line"], edge["written"]) for edge in body["edges"]} == {
        (CERTIFICATE, "service", 5, "ingress"),
        ("Services/checkout-api", "depends_on", 5, "ingress"),
    }


def test_a_document_without_neighbours_says_so(ask: Ask) -> None:
    assert "Nothing links to it, and it links to nothing." in ask("show", "INC-7", "--graph").stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["checkout-api", "--depth", "2"], "--depth needs --graph"),
        (["checkout-api", "--graph", "--lines"], "--lines and --graph exclude each other"),
        (["checkout-api", "--graph", "--depth", "9"], "A depth of 9 is not between 1 and 3"),
        (["checkout-apy", "--graph"], "checkout-apy"),
    ],
)
def test_contradictions_are_refused(ask: Ask, arguments: list[str], said: str) -> None:
    result = ask("show", *arguments)
    assert result.exit_code == 2
    assert said in result.stderr


def test_gaps_are_tables_with_the_worst_first(ask: Ask) -> None:
    assert ask("gaps", "--incidents", "1").stdout == GAPS


def test_gaps_end_with_1_only_when_asked_to(ask: Ask) -> None:
    assert ask("gaps").exit_code == 0
    assert ask("gaps", "--exit-code").exit_code == 1
    assert ask("gaps", "--incidents", "0").exit_code == 2


def test_gaps_as_json_and_as_of_a_day(answer: Answer) -> None:
    body = answer("gaps", "--incidents", "1")
    assert (body["total"], body["stale_from"], body["as_of"]) == (4, 1, None)
    assert body["stale_runbooks"][0]["age"]["incidents_since"] == 1
    before = answer("gaps", "--as-of", "2025-04-01")
    assert [one["service"] for one in before["uncovered_services"]] == ["payments-api"]
    assert [book["id"] for book in before["unlinked_runbooks"]] == ["Runbooks/certificates"]


def test_dangling_links_are_grouped_with_what_may_be_meant(helpers: Any, tmp_path: Path) -> None:
    documents = {
        "a.md": "# A\n\n[[certificats]] and [[twin]]\n",
        "b.md": "# B\n\n[[Certificats]]\n",
        "c/certificates.md": "# C\n\nx\n",
        "c/twin.md": "# D\n\nx\n",
        "d/twin.md": "# E\n\nx\n",
    }
    helpers.build(helpers.write(tmp_path / "docs", documents), tmp_path / "index")
    result = helpers.invoke("gaps", "--index", str(tmp_path / "index"))
    assert result.stdout == (
        "Documents of no known kind, searched as notes (5)\n"
        "  document           title\n"
        "  a.md               A\n"
        "  b.md               B\n"
        "  c/certificates.md  C\n"
        "  c/twin.md          D\n"
        "  d/twin.md          E\n"
        "\n"
        "Dangling links (2)\n"
        "  target       links  first at\n"
        "  certificats  2      a.md:3    did you mean c/certificates?\n"
        "  twin         1      a.md:3    means c/twin, d/twin alike\n"
    )
    for name in ("a.md", "b.md"):
        (tmp_path / "docs" / name).write_text("# X\n\n[[Certificates]]\n")
    helpers.build(tmp_path / "docs", tmp_path / "index")
    found = helpers.invoke("gaps", "--index", str(tmp_path / "index"), "--exit-code")
    assert found.exit_code == 0
    assert found.stdout.startswith(
        "No gap: links lead somewhere, services and families have runbooks, actions are closed.\n"
    )


def test_a_changed_catalogue_is_a_new_version_and_a_bad_one_a_warning(helpers: Any, tmp_path: Path) -> None:
    folder, index = tmp_path / "docs", tmp_path / "index"
    catalogue = "kind: Component\nmetadata:\n  name: a\nspec:\n  dependsOn: [b]\n"
    helpers.write(folder, {"note.md": "# Note\n\nx\n", "catalog-info.yaml": catalogue})
    helpers.build(folder, index)

    def needs() -> list[str]:
        result = helpers.invoke("show", "a", "--graph", "--json", "--index", str(index))
        return [node["id"] for node in json.loads(result.stdout)["nodes"]][1:]

    assert needs() == ["service:b"]
    (folder / "catalog-info.yaml").write_text(catalogue.replace("[b]", "[c]"))
    built = helpers.build(folder, index, "--json")
    assert json.loads(built.stdout)["published"] is True
    assert needs() == ["service:c"]
    (folder / "catalog-info.yaml").write_text(catalogue + "---\nkind: API\nmetadata: [\n")
    body = json.loads(helpers.build(folder, index, "--json", "--strict").stdout)
    assert [(each["path"], each["line"], each["code"], each["fatal"]) for each in body["problems"]] == [
        ("catalog-info.yaml", 8, "service_catalog", False),
        ("docs", None, "unknown_kind", False),
    ]
    assert needs() == ["service:b"]
    assert json.loads(helpers.build(folder, index, "--json").stdout)["published"] is False
