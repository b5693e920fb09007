"""The blueprints of /api/v1: one recognises the opening before anything else, one is open."""

from flask import Blueprint, Response, g, request

from app.api.openapi import PREFIX, VERSION
from app.api.problems import UNKNOWN_CLIENT, ProblemError, answer_with_problems
from app.web.db import db
from app.web.limits import count_as
from app.web.problems import asked_by_a_program
from processes.engine.openings.clients import of_token
from processes.engine.store.opening_models import Opening

LARGEST_BODY = 64 * 1024

bp = Blueprint("api", __name__, url_prefix=PREFIX)
entrance = Blueprint("api_entrance", __name__, url_prefix=PREFIX)
BLUEPRINTS = (bp, entrance)
for each in BLUEPRINTS:
    answer_with_problems(each)


@bp.before_request
def recognise() -> None:
    """Find the opening of this request (RFC 6750). Raises ProblemError 401."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    opening = of_token(db.session(), token.strip()) if scheme.lower() == "bearer" else None
    if opening is None:
        raise ProblemError(
            UNKNOWN_CLIENT,
            "Send Authorization: Bearer with the token of an opening that is enabled.",
            headers={"WWW-Authenticate": "Bearer"},
        )
    g.opening = opening
    count_as(f"opening {opening.id}", opening.per_minute)


@entrance.after_app_request
def say_version(response: Response) -> Response:
    """The whole version of this API, also with an error (NLGov /core/version-header)."""
    if asked_by_a_program():
        response.headers["API-Version"] = VERSION
    return response


def current_opening() -> Opening:
    """The opening of this request."""
    opening: Opening = g.opening
    return opening
