"""What everybody may read: the start page, the statements, and how to report a leak."""

from datetime import UTC, datetime, timedelta

from flask import Blueprint, Response, redirect, render_template
from flask.typing import ResponseReturnValue

from app.web.access import public, signed_in_user
from app.web.db import db
from app.web.leaving import leads_to_oidc
from app.web.serving.static_files import static_url
from processes.base import now
from processes.casework.retention.runs import terms_in_force
from processes.platform.settings import current_settings

bp = Blueprint("start", __name__)

SECURITY_TXT_LASTS = timedelta(days=180)

STEPS = [
    (
        "key",
        "Inloggen",
        "U logt in met eHerkenning. Zo weten wij zeker namens welke organisatie u handelt.",
        "2 minuten",
    ),
    (
        "list",
        "Kwaliteitseisen",
        "U leest vier eisen en verklaart of uw organisatie eraan voldoet.",
        "5 minuten",
    ),
    (
        "building",
        "Bedrijfsgegevens",
        "U controleert uw gegevens, noemt een contactpersoon en bevestigt uw aanmelding.",
        "8 minuten",
    ),
    (
        "window",
        "Aanbod publiceren",
        "U loopt uw activiteiten na en publiceert ze. Dan staan ze in de catalogus.",
        "In uw eigen tempo",
    ),
]


@bp.get("/")
@public
def index() -> ResponseReturnValue:
    """What you need, how long it takes, and the way in (R71)."""
    page = render_template("start/index.html", steps=STEPS)
    return page if signed_in_user() else leads_to_oidc(page, current_settings())


@bp.get("/favicon.ico")
@public
def icon() -> ResponseReturnValue:
    """What browsers ask for beside anything that is no page, such as a download."""
    return redirect(static_url("icon.svg"))


@bp.get("/over")
@public
def about() -> ResponseReturnValue:
    """What this demonstration is, and what it is not."""
    return render_template("start/about.html")


@bp.get("/toegankelijkheid")
@public
def accessibility() -> ResponseReturnValue:
    """The accessibility statement, in the order of the Dutch model."""
    return render_template("start/accessibility.html")


@bp.get("/privacy")
@public
def privacy() -> ResponseReturnValue:
    """Which personal data are kept, why, and for how long."""
    terms, is_applied = terms_in_force(db.session())
    idle = current_settings().session_idle_minutes
    return render_template("start/privacy.html", idle=idle, terms=terms, is_applied=is_applied)


@bp.get("/contact")
@public
def contact() -> ResponseReturnValue:
    """Help, with addresses that nobody answers: this is a demonstration."""
    return render_template("start/contact.html")


@bp.get("/bezwaar")
@public
def objection() -> ResponseReturnValue:
    """How to object to a suspension (R60; Awb 6:5, 6:7, 6:8, 6:16)."""
    return render_template("start/objection.html")


@bp.get("/.well-known/security.txt")
@public
def security_txt() -> Response:
    """Where to report a leak (RFC 9116)."""
    address = f"{current_settings().public_url.rstrip('/')}/.well-known/security.txt"
    lines = [
        f"Contact: {current_settings().security_contact}",
        f"Expires: {_expires(now())}",
        "Preferred-Languages: nl, en",
        f"Canonical: {address}",
    ]
    return Response("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


def _expires(moment: datetime) -> str:
    # A whole day, so that the answer changes once a day.
    day = (moment + SECURITY_TXT_LASTS).astimezone(UTC).date()
    return f"{day.isoformat()}T00:00:00Z"
