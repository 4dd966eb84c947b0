"""Why a document that somebody expected does not come first, and what it would have taken."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from rca_search.models.answers import Freshness
from rca_search.models.documents import Kind
from rca_search.models.verdict import Likelihood, Verdict


class Barrier(StrEnum):
    """What keeps a document out of an answer."""

    AS_OF = "as_of"
    """It is of a later day than the one that was asked as of."""
    EXCLUDE = "exclude"
    """The caller left it out by name."""
    KINDS = "kinds"
    SERVICES = "services"
    SEVERITIES = "severities"
    TAGS = "tags"
    SINCE = "since"
    UNTIL = "until"
    """These are the fields of the filter."""
    CANDIDATES = "candidates"
    """Neither meaning nor words, spelling or title has it among the best that are ranked."""

    @property
    def hides(self) -> bool:
        """Whether the document does not exist for the answer, so that nothing may be said of it."""
        return self in (Barrier.AS_OF, Barrier.EXCLUDE)


class Ground(StrEnum):
    """What counts for or against a document, as a person would name it."""

    MEANING = "meaning"
    WORDS = "words"
    TITLE = "title"
    PHRASES = "phrases"
    SPELLING = "spelling"
    SERVICE = "service"
    STANDING_OUT = "standing_out"
    """How far it is ahead of the others, and whether meaning, words and spelling agree on it."""
    QUESTION = "question"
    """What the question alone says; the same for every document."""


class ChangeKind(StrEnum):
    """A single thing that could have been otherwise."""

    WORDS = "words"
    """Its text says words of the question that it lacks."""
    GROUND = "ground"
    """On one ground it has as much for it as the first hit."""
    LINK = "link"
    """The best matched incident links to it."""
    FILTER = "filter"
    """The question is asked without these fields of the filter."""
    ABOUT = "about"
    VOTES = "votes"
    RERANK = "rerank"
    """The question is asked without these."""


@dataclass(frozen=True, slots=True)
class KeptOut:
    """One thing that keeps the document out; ``wanted`` is what the caller asked for there."""

    barrier: Barrier
    wanted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FeatureShare:
    """One feature of the model: its value, and the log odds that it adds, beside those of the first hit."""

    name: str
    value: float
    first_value: float | None
    log_odds: float
    first_log_odds: float | None


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one ground adds to the log odds by text, beside what it adds to those of the first hit.

    All of a document add up to the log odds of its probability by text. ``only_it`` and ``only_first`` are
    what can be named: words of the question, words of it in the title, services, that one of the two has.
    """

    ground: Ground
    log_odds: float
    first_log_odds: float | None
    only_it: tuple[str, ...] = ()
    only_first: tuple[str, ...] = ()
    features: tuple[FeatureShare, ...] = ()


@dataclass(frozen=True, slots=True)
class Shift:
    """What was added to the total besides its text; ``by`` is the part of ``Score`` that has it."""

    by: str
    amount: float
    first_amount: float


@dataclass(frozen=True, slots=True)
class FirstHit:
    """The hit in first place, for comparison; ``by_text`` leaves out links and services of runbooks."""

    document: str
    title: str
    path: str
    likelihood: Likelihood
    by_text: Likelihood
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Change:
    """A single change and what would have come of it, everything else being as it is.

    ``subject`` are the words, the ground, the incident that links, or the values of what is left out, whose
    fields of the filter are ``fields``. ``place`` is None for a ground: places depend on more than that.
    ``first`` tells that it would be in first place, of a ground that it would be likelier than the first hit.
    """

    kind: ChangeKind
    subject: tuple[str, ...]
    place: int | None
    likelihood: Likelihood
    verdict: Verdict
    first: bool
    fields: tuple[Barrier, ...] = ()


@dataclass(frozen=True, slots=True)
class WhyNot:
    """Where an expected document stands, what counts for and against it, and what it would have taken.

    ``place`` counts from 1 among ``of`` ranked documents, None where something keeps it out. Of a document
    that does not exist for the answer (``Barrier.hides``) nothing else is said: no title, no likelihood.
    ``missing_terms`` are telling words of the question that the first hit has and it lacks,
    ``present_terms`` the reverse, ``lacking_terms`` all that it lacks and some document has; rarest first, as
    the question spells them. ``would_take`` are the smallest single changes that would put it first or make
    it at least "possible", and those of how it was asked that would move it up; ``all_words`` is what came of
    saying every word that it lacks, where even that does neither. ``short_of_first`` and
    ``short_of_possible`` are the log odds that it is short of, None where it is not. ``question_lacks`` is
    what to add to a question too thin to judge. ``calibrated`` is as in ``Judgement``: without it, what is
    said to be likely may be too high or too low.
    """

    document: str
    kind: Kind
    freshness: Freshness
    place: int | None = None
    of: int = 0
    kept_out_by: tuple[KeptOut, ...] = ()
    title: str | None = None
    path: str | None = None
    likelihood: Likelihood | None = None
    by_text: Likelihood | None = None
    verdict: Verdict | None = None
    first: FirstHit | None = None
    contributions: tuple[Contribution, ...] = ()
    shifts: tuple[Shift, ...] = ()
    missing_terms: tuple[str, ...] = ()
    present_terms: tuple[str, ...] = ()
    lacking_terms: tuple[str, ...] = ()
    would_take: tuple[Change, ...] = ()
    all_words: Change | None = None
    short_of_first: float | None = None
    short_of_possible: float | None = None
    question_lacks: tuple[str, ...] = ()
    calibrated: bool = True

    @property
    def hidden(self) -> bool:
        """Whether it does not exist for the answer."""
        return any(each.barrier.hides for each in self.kept_out_by)
