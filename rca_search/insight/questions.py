"""Texts made ready for all retrievers: cut into windows, encoded, read as terms and as runs of characters."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from rca_search.chunking import split_question
from rca_search.errors import InvalidRequestError
from rca_search.indexing.encoder import FittingEncoder
from rca_search.indexing.passages import chunk_limit
from rca_search.indexing.snapshot import Snapshot
from rca_search.insight.evidence.alignment import UNSAID
from rca_search.insight.understanding import understand
from rca_search.insight.understanding.abridge import abridged, telling
from rca_search.insight.understanding.alert_style import alert_share
from rca_search.lexical.glossary import Glossary
from rca_search.lexical.shapes import spaced_names
from rca_search.lru_cache import LruCache
from rca_search.models import Understood
from rca_search.ranking.question import Question

MAX_QUESTION_CHARACTERS = 200_000

MAX_WINDOWS = 16
"""Windows of a question that are encoded; of more the most telling are taken. Its words all count."""

_QUESTIONS = 256
"""Questions remembered with their vectors: the same text is often asked again with another filter."""


class Questions:
    """Makes questions with the encoder and the glossary of one version."""

    def __init__(
        self,
        encoder: FittingEncoder,
        glossary: Callable[[], Glossary],
        of_template: Collection[str] = (),
    ) -> None:
        """Take the encoder and the glossary, which are loaded when the first question comes.

        ``of_template`` are the digests of paragraphs that are a template's (``Manifest.of_template``).
        """
        self._encoder = encoder
        self._of_template = of_template
        self._glossary = glossary
        self._recent: LruCache[str, Question] = LruCache(_QUESTIONS)

    def of_text(self, text: str) -> Question:
        """Return the question that ``text`` asks.

        Raises InvalidRequestError where it is empty or too long, and EncoderUnavailableError or
        IndexMismatchError where the index's model is not at hand.
        """
        if not text.strip():
            raise InvalidRequestError(
                "The question is empty.", remedy="Say what you see: an alert, an error line, a symptom."
            )
        if len(text) > MAX_QUESTION_CHARACTERS:
            raise InvalidRequestError(
                f"The question has {len(text):,} characters; at most {MAX_QUESTION_CHARACTERS:,} are read.",
                remedy="Pass the part that shows what went wrong.",
            )
        return self._recent.get_or_make(text, lambda: self._understood(text))

    def of_document(self, snapshot: Snapshot, ordinal: int) -> Question:
        """Return the question that a document of the index asks: the chunks that tell of what happened."""
        chunks = list(snapshot.chunks_by_ordinal(ordinal).values())
        told = [chunk.text for chunk in chunks if chunk.role not in UNSAID]
        windows = told or [chunk.text for chunk in chunks]
        text = "\n".join(windows)
        return self._encoded(text, Understood(text), text, windows)

    def _understood(self, text: str) -> Question:
        understood = understand(text, self._of_template)
        compared = abridged(understood.text)
        shown = replace(understood, text=compared, abridged=compared != understood.text)
        question = self._encoded(text, shown, understood.text, self._windows(compared))
        alert = alert_share(understood.text, understood.forms)
        return replace(question, asked_as=self.of_text, alert=alert)

    def _windows(self, text: str) -> list[str]:
        encoder = self._encoder.get()
        return split_question(text, limit=chunk_limit(encoder.max_tokens), count=encoder.count_tokens)

    def _encoded(self, text: str, understood: Understood, told: str, windows: Sequence[str]) -> Question:
        """Encode ``windows`` of the question ``text``, of which ``told`` is understood at full length."""
        if len(windows) > MAX_WINDOWS:
            windows = telling(windows, most=MAX_WINDOWS)
            understood = replace(understood, text="\n".join(windows), abridged=True)
        vectors = self._encoder.get().encode(list(map(spaced_names, windows)), kind="query").vectors
        return Question.of(
            text, vectors, self._glossary(), told=told, understood=understood, windows=tuple(windows)
        )
