"""Answer ids: signed tokens that say which answer a vote is about, so that answers need not be stored.

A token is ``<payload>.<signature>``: the payload is JSON, deflated, in URL-safe base64 without padding; the
signature is HMAC-SHA256 (RFC 2104) over the payload's text, cut to 128 bits (NIST SP 800-107, 5.1 lets 96).
Nobody else can make one: where no secret is set, the index has a key of its own (``indexing.answer_key``).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import zlib
from typing import Any

from rca_search.errors import InvalidRequestError
from rca_search.models import SearchResult, Shown, Ticket
from rca_search.views import View

MAX_TOKEN_CHARACTERS = 16_384
"""Longest token that is looked at."""

MAX_SHOWN = 20
"""Documents of an answer that can be voted on, of each sort; people do not judge further down."""

_SIGNATURE_BYTES = 16
_MAX_PAYLOAD_BYTES = 65_536
_SCHEMA = 1


def question_digest(text: str) -> str:
    """Return what stands for a question in votes: 128 bits of the sha256 of its words, spacing evened out."""
    return hashlib.sha256(" ".join(text.split()).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def answer_digest(token: str) -> str:
    """Return what stands for an answer in votes: 64 bits of the sha256 of its id."""
    return hashlib.sha256(token.strip().encode("utf-8", "surrogatepass")).hexdigest()[:16]


def answer_id(result: SearchResult, view: View, secret: bytes) -> str:
    """Return the token for an answer over ``view``."""
    incidents = [Shown(hit.document.id, hit.likelihood.same) for hit in result.incidents[:MAX_SHOWN]]
    runbooks = [Shown(hit.document.id, hit.likelihood.same) for hit in result.runbooks[:MAX_SHOWN]]
    question = question_digest(result.query.text)
    return issue(Ticket(question, view.key[:16], result.freshness.version, (*incidents, *runbooks)), secret)


def issue(ticket: Ticket, secret: bytes) -> str:
    """Return the token for ``ticket``, signed with ``secret`` (may be empty); equal tickets, equal tokens."""
    shown = [[entry.document, entry.probability] for entry in ticket.shown]
    content = {"s": _SCHEMA, "q": ticket.question, "w": ticket.view, "v": ticket.version, "d": shown}
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    payload = _encode(zlib.compress(text, 9))
    return f"{payload}.{_encode(_signature(payload, secret))}"


def read(token: str, secret: bytes) -> Ticket:
    """Return the ticket of a token; raises InvalidRequestError unless whole and signed with ``secret``."""
    payload, _, signature = token.strip().partition(".")
    if len(token) > MAX_TOKEN_CHARACTERS or not signature:
        raise _refused("it is not an answer id")
    if not hmac.compare_digest(signature.encode(), _encode(_signature(payload, secret)).encode()):
        raise _refused("it was changed, or issued with another secret")
    try:
        return _ticket(json.loads(_inflate(_decode(payload))))
    except (binascii.Error, zlib.error, ValueError, KeyError, TypeError, RecursionError) as error:
        raise _refused("it is in a form that this release does not know") from error


def _ticket(content: dict[str, Any]) -> Ticket:
    if content["s"] != _SCHEMA:
        raise ValueError(content["s"])
    shown = tuple(Shown(document, probability) for document, probability in content["d"])
    told: list[object] = [content["q"], content["w"], content["v"], *(entry.document for entry in shown)]
    odds = [entry.probability for entry in shown if entry.probability is not None]
    if not all(isinstance(text, str) for text in told) or not all(0 <= value <= 1 for value in odds):
        raise ValueError("a name is no text, or a probability none")
    return Ticket(content["q"], content["w"], content["v"], shown)


def _inflate(content: bytes) -> bytes:
    """Return what was deflated; more than any token of ours holds is refused, whatever it would grow to."""
    inflater = zlib.decompressobj()
    text = inflater.decompress(content, _MAX_PAYLOAD_BYTES)
    if not inflater.eof:
        raise ValueError("too long")
    return text


def _signature(payload: str, secret: bytes) -> bytes:
    # A purpose of its own, so that nothing else that is ever signed with the secret passes for an answer id.
    key = hmac.new(secret, b"rca-search answer id", hashlib.sha256).digest()
    return hmac.new(key, payload.encode("utf-8", "surrogatepass"), hashlib.sha256).digest()[:_SIGNATURE_BYTES]


def _encode(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode("ascii")


def _decode(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _refused(why: str) -> InvalidRequestError:
    return InvalidRequestError(
        f"The answer id cannot be used: {why}.",
        remedy="Take the id that stands in the answer ('answer_id' in --json and over HTTP), as it is.",
    )
