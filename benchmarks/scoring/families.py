"""How well families agree with what was judged: B-cubed precision and recall.

Source: A. Bagga and B. Baldwin, "Entity-based cross-document coreferencing using the vector space model",
COLING-ACL 1998; E. Amigó et al., "A comparison of extrinsic clustering evaluation metrics", Information
Retrieval 12(4), 2009.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from rich.text import Text

from rca_search.cli.page import Page
from rca_search.cli.safe_text import safe_line
from rca_search.cli.wording import counted
from rca_search.errors import InvalidRequestError
from rca_search.evaluation.dataset import JudgedQuery
from rca_search.indexing.snapshot import Snapshot
from rca_search.insight.families.index import FamilyIndex

Item = TypeVar("Item", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Agreement:
    """B-cubed precision and recall, each from 0 to 1, averaged over ``items``."""

    precision: float
    recall: float
    items: int

    @property
    def f_measure(self) -> float:
        """The harmonic mean of both."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def bcubed(found: Mapping[Item, Hashable], truth: Mapping[Item, Hashable]) -> Agreement:
    """Compare two divisions of the items of ``truth``; ``found`` must have each of them.

    Precision of an item is the share of its found group that belongs to its true one, recall the share of its
    true group that is found with it; the item itself counts in both. Raises ValueError where there is none.
    """
    if not truth:
        raise ValueError("there is nothing to compare")
    groups, classes = _members(found, truth), _members(truth, truth)
    both = [(groups[found[item]], classes[truth[item]]) for item in truth]
    return Agreement(
        precision=sum(len(group & true) / len(group) for group, true in both) / len(both),
        recall=sum(len(group & true) / len(true) for group, true in both) / len(both),
        items=len(both),
    )


def components(items: Iterable[Item], pairs: Iterable[tuple[Item, Item]]) -> list[set[Item]]:
    """Return what ``pairs`` connect among ``items``, an item without a pair alone."""
    group = {item: {item} for item in items}
    for one, other in pairs:
        if group[one] is not group[other]:
            group[one] |= group[other]
            for item in group[other]:
                group[item] = group[one]
    return list({id(members): members for members in group.values()}.values())


def _members(labels: Mapping[Item, Hashable], items: Iterable[Item]) -> dict[Hashable, set[Item]]:
    members: dict[Hashable, set[Item]] = {}
    for item in items:
        members.setdefault(labels[item], set()).add(item)
    return members


SAME = 2
"""Grade of a judgement that says: the same failure again."""


@dataclass(frozen=True, slots=True)
class FamilyScores:
    """How families agree with judgements, beside what no family at all would reach.

    ``failures`` are the true groups of two or more judged documents, ``missing`` judged documents that the
    index lacks or does not count as incidents: each of these is a family of its own.
    """

    agreement: Agreement
    alone: Agreement
    failures: int
    families: int
    missing: tuple[str, ...]


def score_families(snapshot: Snapshot, judged: Sequence[JudgedQuery]) -> FamilyScores:
    """Compare the families of ``snapshot`` with the connected components of judgements of grade ``SAME``.

    Each question stands for the document that it was made from; questions without one are left out. Raises
    InvalidRequestError where nothing is left, IndexFormatError where the version has no families.
    """
    made = [(query.own, query.relevant) for query in judged if query.own]
    named = {name for own, relevant in made for name in (own, *relevant)}
    if not named:
        raise InvalidRequestError(
            "No question says which incident it was made from.", remedy="Families need metadata with 'self'."
        )
    ids = {name: found[0] for name in named if len(found := snapshot.aliases.matches(name)) == 1}
    pairs = ((own, name) for own, relevant in made for name, grade in relevant.items() if grade >= SAME)
    groups = components(
        {ids.get(name, name) for name in named},
        ((ids.get(own, own), ids.get(name, name)) for own, name in pairs),
    )
    truth = {name: number for number, group in enumerate(groups) for name in group}
    index = FamilyIndex(snapshot)
    found_groups = index.groups(snapshot.everything)
    families = {snapshot.catalogue.ids[one]: number for number, of in enumerate(found_groups) for one in of}
    counted = {snapshot.catalogue.ids[one] for one in index.counted(snapshot.everything)}
    labels: dict[str, Hashable] = {name: families.get(name, name) for name in truth}
    return FamilyScores(
        agreement=bcubed(labels, truth),
        alone=bcubed({name: name for name in truth}, truth),
        failures=sum(len(group) > 1 for group in groups),
        families=len(found_groups),
        missing=tuple(sorted(truth.keys() - counted)),
    )


_MISSING_SHOWN = 3


def render_family_scores(page: Page, scores: FamilyScores, version: str) -> None:
    """Add B-cubed precision and recall, and what no families at all would reach."""
    page.line(
        f"{counted(scores.agreement.items, 'judged incident')} with "
        f"{counted(scores.failures, 'failure')} that came back; {scores.families:,} "
        f"{'family' if scores.families == 1 else 'families'} in the index",
        style="bold",
    )
    page.verbatim(Text(f"{'B-cubed':<24}precision  recall      F", style="dim"), indent=2)
    for name, found in (("families", scores.agreement), ("each incident alone", scores.alone)):
        page.verbatim(
            f"{name:<24}{found.precision:>9.3f}{found.recall:>8.3f}{found.f_measure:>7.3f}", indent=2
        )
    if scores.missing:
        named = ", ".join(map(safe_line, scores.missing[:_MISSING_SHOWN]))
        page.line(
            f"{len(scores.missing):,} are not among the incidents that count, such as {named}", indent=2
        )
    page.gap()
    page.line(f"index {version}")
