"""The blueprints of /api/v1: one recognises the opening before anything else, one is open."""

from flask import Blueprint, Response

from app.api.credentials import current_opening, recognise
from app.api.openapi import PREFIX, VERSION
from app.api.problems import answer_with_problems
from app.web.problems import asked_by_a_program

__all__ = ["bp", "current_opening", "entrance"]

LARGEST_BODY = 64 * 1024

bp = Blueprint("api", __name__, url_prefix=PREFIX)
entrance = Blueprint("api_entrance", __name__, url_prefix=PREFIX)
BLUEPRINTS = (bp, entrance)
for each in BLUEPRINTS:
    answer_with_problems(each)


bp.before_request(recognise)


@entrance.after_app_request
def say_version(response: Response) -> Response:
    """The whole version of this API, also with an error (NLGov /core/version-header)."""
    if asked_by_a_program():
        response.headers["API-Version"] = VERSION
    return response
