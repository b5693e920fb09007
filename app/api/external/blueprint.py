"""The blueprint of /engine-rest: recognises the opening of a worker before anything else."""

from http import HTTPStatus

from flask import Blueprint, g, request
from flask.typing import ResponseReturnValue

from app.api.blueprint import current_opening, recognise
from app.api.external.errors import answer_as_camunda
from app.api.problems import ProblemError
from app.web.access import public
from app.web.db import db
from app.web.limits import Rate, count_as, limited
from processes.engine.openings.clients import of_token

bp = Blueprint("external", __name__, url_prefix="/engine-rest")
answer_as_camunda(bp)


@bp.before_request
def recognise_worker() -> None:
    """Find the opening: as the API does, or by HTTP Basic with its token as the password.

    Camunda's own clients know Basic (RFC 7617); the user name does not count. Raises ProblemError
    401.
    """
    given = request.authorization
    if given is None or given.type != "basic":
        recognise()
        return
    opening = of_token(db.session(), given.password or "")
    if opening is None:
        raise ProblemError(
            HTTPStatus.UNAUTHORIZED,
            "The password is the token of an opening that is enabled.",
            headers={"WWW-Authenticate": "Basic"},
        )
    g.opening = opening
    count_as(f"opening {opening.id}", opening.per_minute)


@bp.route("/<path:_rest>", methods=["GET", "POST", "PUT", "DELETE"])
@public
@limited(Rate.OPENING)
def nothing_else(_rest: str) -> ResponseReturnValue:
    """What Camunda 7 has more of is not here. Raises ProblemError 404."""
    detail = f"Only external tasks are here; {current_opening().name} asked for something else."
    raise ProblemError(HTTPStatus.NOT_FOUND, detail)
