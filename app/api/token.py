"""The token endpoint: an opening asks a short access token with its credentials (RFC 6749 §4.4)."""

from http import HTTPStatus

from flask import Response
from flask.typing import ResponseReturnValue

from app.api.blueprint import entrance as bp
from app.api.credentials import too_many_guesses
from app.api.operation import Operation, describes
from app.web.access import public
from app.web.limits import Rate, guesses_too_often, limited


@bp.post("/token")
@public
@limited(Rate.LOGIN)
@describes(Operation("access", {}, is_open=True, standard="RFC 6749"))
def token() -> ResponseReturnValue:
    """Ask an access token with the client id and secret of an opening.

    Errors of this protocol are in its own form (RFC 6749); everything else is a problem document.

    Raises ProblemError 429.
    """
    from app.api.token_server import SERVER

    response: Response = SERVER.create_token_response()
    if response.status_code == HTTPStatus.UNAUTHORIZED and guesses_too_often():
        raise too_many_guesses()
    return response
