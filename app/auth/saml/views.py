"""Where SAML brokers answer, and where they find our metadata."""

from flask import Blueprint, Response, current_app, request, url_for
from flask.typing import ResponseReturnValue

from app.auth import sign_in
from app.auth.attempts import UnknownAttemptError
from app.auth.outcomes import outcome
from app.auth.saml import login
from app.auth.saml.metadata import signed_metadata
from app.auth.saml.pages import sends_on
from app.auth.saml.service import ANSWERS_AT
from app.web.access import User, from_other_sites, public
from app.web.db import Begins, begins, db
from app.web.limits import Rate, limited
from processes.platform.settings import Settings

bp = Blueprint("saml", __name__)

FIELDS = ("SAMLResponse", "SAMLart", "RelayState")
AGAIN = "opnieuw"
METADATA_TYPE = "application/samlmetadata+xml"


@bp.route(ANSWERS_AT, methods=["GET", "POST"])
@public
@from_other_sites
@limited(Rate.LOGIN)
@begins(Begins.WRITING)
def back() -> ResponseReturnValue:
    """What a broker answers: a response by POST, or an artifact by GET or POST (B3).

    A form of another site brings no cookies (SameSite=Lax), so nothing tells yet which browser
    began the login. It then sends the same form once more, from our own page.
    """
    db.session().rollback()  # hold nothing while the broker answers
    sent = request.form if request.method == "POST" else request.args
    known = login.is_known_here(sent.get("RelayState", ""))
    if request.method == "POST" and not known and AGAIN not in sent:
        given = {name: sent[name] for name in FIELDS if name in sent}
        return sends_on(login.Form(url_for("saml.back"), {**given, AGAIN: "1"}), to="het portaal")
    return outcome(_finish)


@bp.get(f"{ANSWERS_AT}/metadata")
@public
@limited(Rate.LOGIN)
def metadata() -> ResponseReturnValue:
    """Our metadata, for brokers. 404 where no login is by SAML."""
    settings = _settings()
    if settings.saml_key is None:
        return "", 404
    return Response(signed_metadata(settings), mimetype=METADATA_TYPE)


def _finish() -> tuple[str, User]:
    sent = _answer_sent()
    answer = login.finish(_settings(), sent)
    return sent.get("RelayState", ""), sign_in.employee_from(db.session(), answer, _settings())


def _answer_sent() -> dict[str, str]:
    """The fields of the answer, once each; a response comes by POST alone."""
    sent = request.form if request.method == "POST" else request.args
    if any(len(sent.getlist(name)) > 1 for name in FIELDS):
        raise UnknownAttemptError
    names = FIELDS if request.method == "POST" else FIELDS[1:]
    return {name: sent[name] for name in names if name in sent}


def _settings() -> Settings:
    settings: Settings = current_app.config["LOKET_SETTINGS"]
    return settings
