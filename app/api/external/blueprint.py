"""The blueprint of /engine-rest: recognises the opening of a worker before anything else."""

from http import HTTPStatus

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from app.api.credentials import current_opening, let_in, recognise, refusal
from app.api.external.errors import answer_as_camunda
from app.api.problems import ProblemError
from app.web.access import public
from app.web.db import db
from app.web.limits import Rate, limited
from processes.engine.openings.clients import of_token

bp = Blueprint("external", __name__, url_prefix="/engine-rest")
answer_as_camunda(bp)


@bp.before_request
def recognise_worker() -> None:
    """Find the opening: as the API does, or by its secret as a bearer token or as a password.

    Camunda's own clients know no token endpoint; they know Basic (RFC 7617), of which the user name
    does not count, and a token that stays. Raises ProblemError 401.
    """
    given = request.authorization
    secret = (given.token or given.password or "") if given else ""
    opening = of_token(db.session(), secret)
    if opening is not None:
        let_in(opening)
    elif given is None or given.type != "basic":
        recognise()
    else:
        raise refusal(
            HTTPStatus.UNAUTHORIZED,
            "The password is the secret of an opening that is enabled.",
            scheme="Basic",
        )


@bp.route("/<path:_rest>", methods=["GET", "POST", "PUT", "DELETE"])
@public
@limited(Rate.OPENING)
def nothing_else(_rest: str) -> ResponseReturnValue:
    """What Camunda 7 has more of is not here. Raises ProblemError 404."""
    detail = f"Only external tasks are here; {current_opening().name} asked for something else."
    raise ProblemError(HTTPStatus.NOT_FOUND, detail)
