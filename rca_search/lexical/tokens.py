"""Terms of a text: words by their stem, and the names that machines give to things.

A piece is a run of word characters with single ``. - : '`` between them. A piece of several parts is an
identifier: it becomes a term as it stands (in lower case), followed by the terms of its parts, so that
``KubePodCrashLooping`` meets both itself and "pods in a crash loop". What names one moment or one object
among millions (times, dates, digests, UUIDs, thousands of one number) matches nothing worth finding and
becomes no term. Of pure numbers only those of three to five digits stay: statuses, ports, error numbers.
Scripts without spaces (Chinese, Japanese, Thai ...) and Korean become pairs of neighbouring characters.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from rca_search.lexical import shapes
from rca_search.lexical.pieces import UNSPACED_RUN, pieces
from rca_search.lexical.words import STOP_WORDS, stem, word_terms

_VERSION = 2
_CACHED_PIECES = 65_536
_LEAST_TRIMMED_PARTS = 2
_POD_SUFFIX = 5
_CONTRACTIONS = frozenset({"s", "ll", "re", "ve", "d", "m"})
_PLURAL_ACRONYM = re.compile(r"[A-Z]+s")
_RECORDED_METRIC = re.compile(r"[a-z0-9_]+(?::[a-z0-9_]+)+")
_GLUED_SENTENCES = re.compile(r"[A-Za-z][a-z]*\.[A-Z][a-z]*")
_PROBE = (
    "KubePodCrashLooping HTTPServerError ORA-12154 x509 db-7.eu-west-1.internal:5432 v1.10.2 "
    "http_requests_total The deployments' policies were failing, causing outages; "
    "connections timed out generally; "
    "数据库连接 überlastet redis certificates retried scheduling "
    "checkout-api-7d9f8b6c5d-x2x4z 2024-03-01T12:30:45Z 503 std::bad_alloc"
)


def tokenize(text: str) -> list[str]:
    """Return the terms of ``text`` in order, with repeats; an identifier comes before its parts.

    Upper and lower case, composed and decomposed, narrow and wide forms of a character are the same.
    Takes time linear in the length of ``text``, whatever it holds.
    """
    terms: list[str] = []
    for piece in pieces(text):
        if len(piece) <= shapes.LONGEST_WHOLE:
            terms.extend(_cached_terms(piece))
        else:
            terms.extend(_terms(piece))
    return terms


def identifiers(text: str) -> list[str]:
    """Return the names that machines give, spelled as they stand, in order and once each.

    Error codes, alert, metric, host and file names, versions, addresses, words with digits. Words joined
    by hyphens count only where a digit or a capital shows that it is no everyday compound: ``node-exporter``
    cannot be told from ``long-running`` and is left out.
    """
    return [
        piece
        for piece in dict.fromkeys(pieces(text))
        if len(piece) <= shapes.LONGEST_WHOLE and _is_identifier(piece)
    ]


def fingerprint() -> str:
    """Return a digest that changes with the rules here, the stemmer's and Unicode's.

    An index is to be searched with the rules that it was made with.
    """
    seen = "\n".join([str(_VERSION), unicodedata.unidata_version, *tokenize(_PROBE)])
    return hashlib.sha256(seen.encode()).hexdigest()


@lru_cache(maxsize=_CACHED_PIECES)
def _cached_terms(piece: str) -> tuple[str, ...]:
    """Return the terms of a piece; pieces repeat, so most are looked up."""
    return tuple(_terms(piece))


def _terms(piece: str) -> Iterator[str]:
    """Yield the terms of a piece: itself where it is a name, then those of its parts."""
    if shapes.is_moment(piece) or shapes.is_random(piece):
        return
    if "'" in piece:
        yield from _apostrophe_terms(piece)
    elif ":" in piece:
        yield from _colon_terms(piece)
    elif found := shapes.version(piece):
        yield from _version_terms(found)
    elif "." in piece:
        yield from _dotted_terms(piece)
    elif "-" in piece:
        yield from _compound_terms(piece, "-")
    elif "_" in piece:
        yield from _compound_terms(piece, "_")
    else:
        yield from _run_terms(piece)


def _apostrophe_terms(piece: str) -> Iterator[str]:
    """Yield the terms of ``service's`` (service) and ``O'Reilly`` (oreilly)."""
    *parts, last = piece.split("'")
    if last.casefold() == "t":  # "can't", "weren't": function words all of them
        return
    if last.casefold() in _CONTRACTIONS:
        yield from _terms("".join(parts))
    else:
        yield from _terms("".join([*parts, last]).casefold())


def _colon_terms(piece: str) -> Iterator[str]:
    """Yield the terms of an address with a port, a scoped name, a recorded metric; else of each side."""
    if shapes.is_colon_address(piece):
        yield piece.casefold()
        return
    if _is_joined(piece):
        yield from _whole(piece)
    for part in filter(None, piece.split(":")):
        yield from _terms(part)


def _is_joined(piece: str) -> bool:
    """Return whether the colons of a piece belong to a name: a port, a scope, an image tag, a metric."""
    if "::" in piece or ("_" in piece and _RECORDED_METRIC.fullmatch(piece)):
        return True
    _, _, last = piece.rpartition(":")
    tagged = last.isdigit() or shapes.is_decimal(last) or shapes.version(last) is not None
    return tagged and piece.count(":") == 1


def _version_terms(found: re.Match[str]) -> Iterator[str]:
    """Yield ``v1.10.2-rc.1``, then without its suffix, then without the v, then the suffix's words."""
    if len(found[0]) > shapes.LONGEST_WHOLE:
        return
    spellings = (found[0], found["bare"], found["numbers"])
    yield from dict.fromkeys(spelling.casefold() for spelling in spellings)
    yield from (
        term
        for word in re.split(r"[-_.]", found["suffix"] or "")
        if word.isalpha()
        for term in word_terms(word.casefold())
    )


def _dotted_terms(piece: str) -> Iterator[str]:
    """Yield the terms of a host, file, module or property name, or of a name that ends in a version."""
    if shapes.is_quantity(piece):
        if shapes.is_minor_version(piece):
            yield piece
        return
    parts = piece.split("-")
    if any(map(shapes.version, parts)) or any(map(shapes.is_decimal, parts)):
        yield from _compound_terms(piece, "-")
    else:
        yield from _compound_terms(piece, ".")


def _compound_terms(piece: str, separator: str) -> Iterator[str]:
    """Yield a name of several parts, the name without a trailing instance number, and its parts' terms."""
    parts = [part for part in piece.split(separator) if part]
    if max(map(len, parts)) > 1:
        yield from _whole(piece)
    if name := shapes.undated(piece):
        yield from _terms(name)
        return
    if separator == "-":
        parts = _without_pod_suffix(parts)
        yield from _trimmed(parts, piece)
    for part in parts:
        yield from _terms(part)


def _without_pod_suffix(parts: list[str]) -> list[str]:
    """Return the parts without the hash of a replica set and the short suffix that follows it."""
    if len(parts) > _LEAST_TRIMMED_PARTS and shapes.is_random(parts[-2]) and len(parts[-1]) <= _POD_SUFFIX:
        return parts[:-2]
    return parts


def _trimmed(parts: list[str], piece: str) -> Iterator[str]:
    """Yield ``checkout-api`` for ``checkout-api-7d9f8b6c5d-x2x4z``, likewise for ``kafka-broker-3``."""
    kept = list(parts)
    while kept and (kept[-1].isdigit() or shapes.is_random(kept[-1])):
        kept.pop()
    name = "-".join(kept)
    if len(kept) >= _LEAST_TRIMMED_PARTS and name != piece:
        yield from _whole(name)


def _whole(piece: str) -> Iterator[str]:
    """Yield the piece as one term, unless it is too long to be a name or numbers only (ports apart)."""
    named = any(map(str.isalpha, piece)) or (":" in piece and "." in piece)
    if named and len(piece) <= shapes.LONGEST_WHOLE:
        yield piece.casefold()


def _run_terms(run: str) -> Iterator[str]:
    """Yield the terms of a run without separators."""
    if not run.isascii():
        yield from _foreign_terms(run)
    elif run.isdigit():
        if shapes.is_code_number(run):
            yield run
    elif len(run) > shapes.LONGEST_RUN:
        return
    elif _PLURAL_ACRONYM.fullmatch(run):
        yield from word_terms(run[:-1].casefold())
    elif run.isupper() and run.isalpha():
        yield from _capital_terms(run)
    else:
        yield from _camel_terms(run)


def _capital_terms(run: str) -> Iterator[str]:
    """Yield a word in capitals as it stands, which may be a code, and by its stem, as it may be a word."""
    word = run.casefold()
    if word not in STOP_WORDS and len(word) > 1:
        yield from dict.fromkeys((word, stem(word)))


def _camel_terms(run: str) -> Iterator[str]:
    """Yield the terms of a CamelCase name, or of a plain word where there is one part only.

    The stem of the whole is added, since in lower case the name looks like a plain word and is stemmed.
    """
    parts = shapes.camel_parts(run)
    if len(parts) < 2:
        yield from word_terms(run.casefold())
        return
    whole = run.casefold()
    yield from dict.fromkeys((whole, stem(whole)))
    if any(map(str.isalpha, parts)) and run.casefold() != run:
        for part in parts:
            yield from _run_terms(part)


def _foreign_terms(run: str) -> Iterator[str]:
    """Yield character pairs of a script without spaces, or a word of any other script as it stands."""
    if not UNSPACED_RUN.fullmatch(run):
        word = unicodedata.normalize("NFKC", run.casefold())
        if len(word) <= shapes.LONGEST_RUN:
            yield from word_terms(word)
    elif len(run) == 1:
        yield run
    else:
        yield from (run[at : at + 2] for at in range(len(run) - 1))


@lru_cache(maxsize=_CACHED_PIECES)
def _is_identifier(piece: str) -> bool:
    """Return whether a machine, not a person, made up this name; pieces repeat, so most are looked up."""
    if not piece.isascii() or "'" in piece:
        return False
    if shapes.is_moment(piece) or shapes.is_random(piece) or shapes.is_quantity(piece):
        return False
    if not any(map(str.isalpha, piece)):
        return shapes.version(piece) is not None or (":" in piece and "." in piece)
    return _is_marked(piece)


def _is_marked(piece: str) -> bool:
    """Return whether a digit, a capital inside or a joint other than a hyphen marks the piece as a name."""
    if ":" in piece and not _is_joined(piece):
        return shapes.is_colon_address(piece)
    if "." in piece and (_GLUED_SENTENCES.fullmatch(piece) or max(map(len, piece.split("."))) == 1):
        return False
    if any(mark in piece for mark in "_:.") or any(map(str.isdigit, piece)):
        return True
    if piece.upper() in shapes.ERROR_NAMES:
        return True
    return any(
        len(shapes.camel_parts(run)) > 1 and not run.islower() and not _PLURAL_ACRONYM.fullmatch(run)
        for run in piece.split("-")
    )
