"""How well families agree with what was judged: B-cubed precision and recall.

Source: A. Bagga and B. Baldwin, "Entity-based cross-document coreferencing using the vector space model",
COLING-ACL 1998; E. Amigó et al., "A comparison of extrinsic clustering evaluation metrics", Information
Retrieval 12(4), 2009.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

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
