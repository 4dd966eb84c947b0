"""Service catalogues: what is read of them, and what a fault in one costs."""

from __future__ import annotations

from pathlib import Path

import pytest

from rca_search.models import EdgeKind, Entity, Problem, Relation, SourceFile
from rca_search.sources.catalog_info import MAX_ENTITY_BYTES, MAX_FILE_BYTES, read_catalog
from rca_search.sources.files import walk

CATALOGUE = """\
# the payments domain
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: payments-api
  title: Payments
  description: |
    Takes money.
spec:
  type: service
  lifecycle: production
  owner: group:default/payments
  system: shop
  dependsOn:
    - resource:default/payments-db
    - component:ledger
    - billing/invoices
  consumesApis: [fraud]
  definition:
    $text: https://example.org/openapi.yaml
---
kind: Group
metadata: {name: payments, namespace: default}
spec: {type: team, parent: engineering, children: []}
--- # what else is there
kind: Location
metadata:
  name: all
spec:
  targets: ['./*/catalog-info.yaml']
---
"""


def read(
    text: str | bytes, path: str = "shop/catalog-info.yaml"
) -> tuple[tuple[Entity, ...], list[tuple[int, str]]]:
    content = text.encode() if isinstance(text, str) else text
    entities, problems = read_catalog(SourceFile(path, "docs", path, content, ""))
    assert all(not problem.fatal and problem.path == path and problem.remedy for problem in problems)
    return entities, [(problem.line or 0, problem.message) for problem in problems]


def test_components_and_groups_with_owners_and_dependencies() -> None:
    (payments, group), problems = read(CATALOGUE)
    assert problems == []
    assert payments == Entity(
        kind="component",
        name="payments-api",
        title="Payments",
        lifecycle="production",
        path="shop/catalog-info.yaml",
        line=5,
        relations=(
            Relation(EdgeKind.OWNER, "group", "payments", 12),
            Relation(EdgeKind.PART_OF, "system", "shop", 13),
            Relation(EdgeKind.DEPENDS_ON, "resource", "payments-db", 15),
            Relation(EdgeKind.DEPENDS_ON, "component", "ledger", 16),
            Relation(EdgeKind.DEPENDS_ON, "component", "billing/invoices", 17),
            Relation(EdgeKind.DEPENDS_ON, "api", "fraud", 18),
        ),
    )
    assert (group.kind, group.name, group.is_team, group.line) == ("group", "payments", True, 23)
    assert group.relations == (Relation(EdgeKind.PART_OF, "group", "engineering", 24),)


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("kind: Component\nmetadata:\n  name: a b\n", 1, "'a b' is none that Backstage allows"),
        ("kind: Component\nmetadata:\n  title: x\n", 1, "metadata has no name"),
        ("metadata:\n  name: x\n", 1, "it has no kind"),
        ("- a\n- b\n", 1, "it has no keys"),
        ("kind: Component\nmetadata: &a\n  name: x\n", 2, "an anchor"),
        ("kind: Component\nmetadata: *a\n", 2, "an alias"),
        ("kind: !!python/object:os.system x\n", 1, "type mark"),
        ("kind: Component\nkind: API\n", 2, "given twice"),
        ("kind: Component\nmetadata:\n\tname: x\n", 3, "tab"),
        ("a: " + "[" * 20 + "]" * 20, 1, "nests deeper"),
        ("kind: Component\nx: " + "y" * MAX_ENTITY_BYTES, 1, "more than 64 KiB"),
        (b"kind: \xff\n", 1, "UTF-8"),
        (b"", 1, "empty"),
        (b"#" * (MAX_FILE_BYTES + 1), 1, "more than 1,048,576 bytes"),
    ],
)
def test_a_fault_is_named_with_its_line(text: str | bytes, line: int, said: str) -> None:
    entities, problems = read(text)
    assert entities == ()
    assert [found for found, _ in problems] == [line]
    assert said in problems[0][1]


def test_a_fault_costs_one_entity_and_a_bad_reference_one_relation() -> None:
    good = "kind: API\nmetadata:\n  name: good\nspec:\n  owner: team a b\n  system: shop\n"
    entities, problems = read(f"---\nkind: Component\nmetadata: [\n---\n{good}")
    assert [entity.name for entity in entities] == ["good"]
    assert entities[0].relations == (Relation(EdgeKind.PART_OF, "system", "shop", 10),)
    assert [line for line, _ in problems] == [3, 9]
    assert "owner has 'team a b', which names no entity" in problems[1][1]


def test_an_empty_catalogue_is_no_fault() -> None:
    assert read("# nothing yet\n---\n...\n") == ((), [])


def test_catalogues_are_found_beside_documents_and_are_none(tmp_path: Path) -> None:
    for name in (
        "a.md",
        "catalog-info.yaml",
        "pay/Catalog-Info.YML",
        "pay/other.yaml",
        ".hidden/catalog-info.yaml",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("kind: Component\n")
    found = [file.id for file in walk([tmp_path]) if isinstance(file, SourceFile)]
    assert found == ["a", "catalog-info.yaml", "pay/Catalog-Info.YML"]


def test_a_catalogue_that_cannot_be_had_is_a_warning(tmp_path: Path) -> None:
    (tmp_path / "catalog-info.yaml").symlink_to("/nowhere")
    (tmp_path / "a.md").symlink_to("/nowhere")
    problems = [found for found in walk([tmp_path]) if isinstance(found, Problem)]
    assert [(problem.path, problem.fatal) for problem in problems] == [
        ("a.md", True),
        ("catalog-info.yaml", False),
    ]
