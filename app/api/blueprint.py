"""The blueprint of /api/v1: recognises the opening by its bearer token before anything else."""

from http import HTTPStatus

from flask import Blueprint, g, request

from app.api.problems import ProblemError, answer_with_problems
from app.web.db import db
from app.web.limits import count_as
from processes.engine.openings.clients import of_token
from processes.engine.store.opening_models import Opening

LARGEST_BODY = 64 * 1024

bp = Blueprint("api", __name__, url_prefix="/api/v1")
answer_with_problems(bp)


@bp.before_request
def recognise() -> None:
    """Find the opening of this request (RFC 6750). Raises ProblemError 401."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    opening = of_token(db.session(), token.strip()) if scheme.lower() == "bearer" else None
    if opening is None:
        raise ProblemError(
            HTTPStatus.UNAUTHORIZED,
            "Send Authorization: Bearer with the token of an opening that is enabled.",
            headers={"WWW-Authenticate": "Bearer"},
        )
    g.opening = opening
    count_as(f"opening {opening.id}", opening.per_minute)


def current_opening() -> Opening:
    """The opening of this request."""
    opening: Opening = g.opening
    return opening
