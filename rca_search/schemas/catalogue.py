"""All answers by name: what ``docs/schema`` publishes and ``docs/json.md`` describes."""

from __future__ import annotations

from collections.abc import Mapping

from rca_search.schemas.base import Answer
from rca_search.schemas.calibration import CalibrateResponse
from rca_search.schemas.documents import DocumentResponse
from rca_search.schemas.errors import ErrorResponse
from rca_search.schemas.evaluation import EvalResponse, VerdictEvalResponse
from rca_search.schemas.families import FamiliesResponse, FamilyResponse
from rca_search.schemas.feedback import FeedbackResponse
from rca_search.schemas.graph import GapsResponse, GraphResponse
from rca_search.schemas.index import BuildResponse, IndexStatusResponse, RollbackResponse, VerifyResponse
from rca_search.schemas.search import RunbooksResponse, SimilarResponse
from rca_search.schemas.why_not import WhyNotResponse

ANSWERS: Mapping[str, tuple[type[Answer], str]] = {
    "similar": (SimilarResponse, "`similar --json`, `POST /v1/similar`, `GET /v1/incidents/{id}/similar`"),
    "runbooks": (RunbooksResponse, "`runbooks --json`"),
    "why_not": (WhyNotResponse, "`--why-not ID --json`, `POST /v1/why-not`"),
    "document": (DocumentResponse, "`show --json`, `GET /v1/incidents/{id}`, `GET /v1/runbooks/{id}`"),
    "graph": (GraphResponse, "`show --graph --json`, `GET /v1/graph/{id}`"),
    "gaps": (GapsResponse, "`gaps --json`, `GET /v1/gaps`"),
    "families": (FamiliesResponse, "`families --json`, `GET /v1/families`"),
    "family": (FamilyResponse, "`GET /v1/families/{id}`"),
    "feedback": (FeedbackResponse, "`feedback --json`, `POST /v1/feedback`"),
    "build": (BuildResponse, "`build --json`"),
    "status": (IndexStatusResponse, "`status --json`"),
    "verify": (VerifyResponse, "`verify --json`"),
    "rollback": (RollbackResponse, "`rollback --json`"),
    "calibrate": (CalibrateResponse, "`calibrate --json`"),
    "eval": (EvalResponse, "`eval questions --json`, `eval replay --json`"),
    "eval_verdict": (VerdictEvalResponse, "`eval verdict --json`"),
    "error": (ErrorResponse, "every command and route that fails"),
}
"""The model of each answer, and where it is given."""
