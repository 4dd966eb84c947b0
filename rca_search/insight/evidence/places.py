"""Cloud regions, zones and environments that a text names, recognised by the forms that vendors document.

AWS ``eu-west-1`` and ``eu-west-1b``, Google Cloud ``europe-west4`` and ``europe-west4-a``, Azure
``westeurope`` and ``eastus2``. Environments are only those words that mean nothing else: ``test`` and
``dev`` are left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from rca_search.insight.evidence.identifiers import Searchable
from rca_search.models import Span

_SIDE = "(?:north|south|east|west|central)"
_REGION = re.compile(
    rf"(?<![\w.-])(?:(?:us|eu|ap|ca|sa|me|af|il|mx|cn)(?:-gov)?-{_SIDE}(?:east|west)?-\d[a-z]?"
    rf"|(?:us|europe|asia|australia|northamerica|southamerica|me|africa)-{_SIDE}(?:east|west)?\d{{1,2}}(?:-[a-f])?"
    rf"|(?:{_SIDE}{{1,2}}us[23]?|{_SIDE}europe|uk(?:south|west)|{_SIDE}(?:east)?asia|australia{_SIDE}"
    rf"|japan(?:east|west)|brazilsouth|canada(?:central|east)))(?![\w-])",
    re.IGNORECASE,
)
_ENVIRONMENT = re.compile(
    r"(?<![\w./-])(pre-?prod(?:uction)?|prod(?:uction)?|staging|uat|sandbox)(?![\w/-]|\.\w)", re.IGNORECASE
)


Places = Mapping[str, tuple[str, Span]]
"""Places by a name that is the same for all spellings: as they are spelled first, and where."""
Finder = Callable[[Searchable], Places]


def regions_in(text: Searchable) -> Places:
    """Return the regions and zones that ``text`` names, by their names in lower case."""
    return _first(_REGION, text, str.lower)


def environments_in(text: Searchable) -> Places:
    """Return the environments that ``text`` names; ``prod`` is ``production``."""
    return _first(_ENVIRONMENT, text, _environment)


def _first(pattern: re.Pattern[str], text: Searchable, name: Callable[[str], str]) -> Places:
    found: dict[str, tuple[str, Span]] = {}
    for match in pattern.finditer(text.text):
        found.setdefault(name(match[0]), (match[0], text.span(*match.span())))
    return found


def _environment(word: str) -> str:
    """Return one spelling for all of an environment."""
    plain = word.lower().replace("-", "")
    if plain.startswith("preprod"):
        return "pre-production"
    return "production" if plain.startswith("prod") else plain
