"""Questions without an answer, for which a search must not find anything: one's own, and built-in ones.

The latter are put together from the parts below, the same ones in the same order each time: everyday texts,
text that says nothing, and text that is meant to do harm.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from rca_search.errors import InvalidRequestError
from rca_search.evaluation import off_topic_parts as parts
from rca_search.evaluation.dataset import read_objects

SEED = 20_251_126
EACH = 50
"""Questions of each sort."""


@dataclass(frozen=True, slots=True)
class OffTopic:
    """A question without an answer; ``sort`` names what kind of text it is."""

    sort: str
    text: str


UNSORTED = "nothing"
"""What a question is called that names no kind."""


def load_nothing(path: Path) -> tuple[OffTopic, ...]:
    """Read JSON lines with a ``text`` and, if any, a ``kind`` that groups them.

    Raises InvalidRequestError with file and line on anything else, and where there is no question.
    """
    found: list[OffTopic] = []
    for line, entry in read_objects(path):
        text, kind = entry.get("text"), entry.get("kind") or UNSORTED
        if not isinstance(text, str) or not text.strip() or not isinstance(kind, str):
            raise InvalidRequestError(f"{path}:{line} needs a text 'text' and, if any, a text 'kind'.")
        found.append(OffTopic(kind, text))
    if not found:
        raise InvalidRequestError(f"{path} holds no question.")
    return tuple(found)


def off_topic() -> tuple[OffTopic, ...]:
    """Return ``EACH`` questions of each sort, no two alike, the same ones each time."""
    generator = random.Random(SEED)
    found: list[OffTopic] = []
    for sort, make in _SORTS.items():
        texts: dict[str, None] = {}
        while len(texts) < EACH:
            texts[make(generator)] = None
        found += [OffTopic(sort, text) for text in texts]
    return tuple(found)


def _recipe(generator: random.Random) -> str:
    first, second = generator.sample(parts.FOODS, 2)
    sentence = generator.choice(parts.COOKING)
    return sentence.format(
        a=first, b=second, s=generator.choice(parts.SEASONINGS), n=generator.randint(3, 45)
    )


def _poem(generator: random.Random) -> str:
    lines = [
        f"{generator.choice(parts.THINGS)} {generator.choice(parts.DOINGS)} {generator.choice(parts.THINGS)}"
        for _ in range(generator.randint(2, 6))
    ]
    return "\n".join(line.capitalize() for line in lines)


def _filler(generator: random.Random) -> str:
    return " ".join(generator.choices(parts.LATIN, k=generator.randint(6, 60))).capitalize() + "."


def _keyboard(generator: random.Random) -> str:
    def mash() -> str:
        return "".join(generator.choices(generator.choice(parts.KEYS), k=generator.randint(2, 12)))

    return " ".join(mash() for _ in range(generator.randint(1, 9)))


def _blank_form(generator: random.Random) -> str:
    lines = generator.sample(parts.FORM_LINES, generator.randint(5, len(parts.FORM_LINES)))
    return "\n".join([generator.choice(parts.HEADINGS), "", *lines])


def _common_word(generator: random.Random) -> str:
    return generator.choice(parts.WORDS)


def _small_talk(generator: random.Random) -> str:
    sentence = generator.choice(parts.TALK)
    return sentence.format(
        a=generator.choice(parts.TREATS), b=generator.choice(parts.PLACES), d=generator.choice(parts.DAYS)
    )


def _news(generator: random.Random) -> str:
    sentence = generator.choice(parts.FACTS)
    return sentence.format(
        t=generator.choice(parts.NAMES), n=generator.randint(4, 60), m=generator.randint(2, 3)
    )


def _numbers(generator: random.Random) -> str:
    def number() -> str:
        digits = "".join(generator.choices("0123456789", k=generator.randint(1, 14)))
        return generator.choice((digits, f"{digits}.{generator.randint(0, 99)}", f"{digits}%", f"#{digits}"))

    return generator.choice((" ", ", ", "\n")).join(number() for _ in range(generator.randint(1, 12)))


def _attack(generator: random.Random) -> str:
    text = generator.choice(parts.ATTACKS)
    return text.format(x=generator.choice(parts.ORDERS), y=generator.choice(parts.TARGETS))


_SORTS: Mapping[str, Callable[[random.Random], str]] = {
    "recipe": _recipe,
    "poem": _poem,
    "filler": _filler,
    "keyboard": _keyboard,
    "blank form": _blank_form,
    "common word": _common_word,
    "small talk": _small_talk,
    "news": _news,
    "numbers": _numbers,
    "attack": _attack,
}
