"""Maps exceptions to status codes, and to Dutch error pages or problem documents."""

import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from markupsafe import escape
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm.exc import ObjectDeletedError, StaleDataError
from werkzeug.exceptions import HTTPException, SecurityError

from app.web.access import SessionGoneError, signed_in_user, to_login
from app.web.db import db
from app.web.kept_forms import form_page
from app.web.problems import asked_by_a_program, problem
from app.web.serving.request_size import largest_request
from forms.uploads import reference_in
from processes.casework.offers.publication import OfferBusyError
from processes.casework.providers.background import NumberEndedError
from processes.engine.execution.incidents import IncidentNotOpenError
from processes.engine.execution.instances import InstanceNotActiveError, TaskNotOpenError
from processes.engine.execution.steps import InstanceChangedError, StepFailedError
from processes.engine.tasks.files import FileGoneError
from processes.register.offers.offers import OfferDeletedError, OfferNotFoundError
from processes.register.portfolio.entries import EntryNotFoundError
from processes.register.providers.providers import ProviderSuspendedError, provider_of
from processes.unit_of_work import unit_of_work

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ErrorPage:
    """What the user reads: what happened, and what to do now."""

    title: str
    message: str


PAGES = {
    400: ErrorPage(
        "Dit verzoek klopt niet",
        "Wij konden uw verzoek niet lezen. Ga terug en probeer het opnieuw.",
    ),
    401: ErrorPage("U bent niet ingelogd", "Log in om deze pagina te zien."),
    403: ErrorPage(
        "U mag deze pagina niet zien",
        "Uw account geeft geen toegang tot deze pagina. Log zo nodig in met een ander account.",
    ),
    404: ErrorPage(
        "Deze pagina bestaat niet",
        "Controleer het adres, of begin opnieuw op de startpagina.",
    ),
    405: ErrorPage("Dit kan niet op deze pagina", "Ga terug en probeer het opnieuw."),
    409: ErrorPage(
        "Dit is intussen veranderd",
        "Iemand anders heeft dit al gedaan of gewijzigd. Bekijk eerst de huidige stand.",
    ),
    410: ErrorPage("Deze pagina is er niet meer", "Wat hier stond, is verwijderd."),
    413: ErrorPage(
        "Dit is te groot",
        "Stuur een kleiner bestand of een kortere tekst: samen hoogstens {megabytes} MB.",
    ),
    429: ErrorPage(
        "U bent ons even te snel af",
        "Er kwamen te veel verzoeken achter elkaar. Wacht een minuut en probeer het opnieuw.",
    ),
    500: ErrorPage(
        "Er ging iets mis bij ons",
        "Probeer het over een paar minuten opnieuw. Lukt het dan niet, neem dan contact met ons op "
        "en noem het nummer hieronder.",
    ),
    503: ErrorPage(
        "Loket is even niet bereikbaar",
        "Probeer het over een paar minuten opnieuw. Wat u al had opgeslagen, is er nog.",
    ),
}

PASSING = {429, 500, 503}
"""What may be over when somebody tries again: the page keeps what was typed."""
NEVER_SHOWN = frozenset({"csrf_token", "submission_id", "version", "based_on", "xml", "next"})
UNREADABLE = frozenset({403, 404, 405, 413})  # a form of another site, of nobody, or too large
LARGEST_SENT_AGAIN = 200_000  # characters

STATUS_OF: Mapping[type[Exception], int] = {
    EntryNotFoundError: 404,
    IncidentNotOpenError: 409,
    InstanceChangedError: 409,
    InstanceNotActiveError: 409,
    ObjectDeletedError: 409,  # somebody else removed it while this request showed it,
    StaleDataError: 409,  # or changed it
    NumberEndedError: 409,
    OfferBusyError: 409,
    OfferDeletedError: 410,
    OfferNotFoundError: 404,
    FileGoneError: 409,
    TaskNotOpenError: 409,
}
"""What our own packages raise, and which page that is where a view does not say more."""

EXPIRED_FORM = ErrorPage(
    "Deze pagina is verlopen",
    "Uw sessie is intussen afgelopen. Wat u verstuurde, is niet opgeslagen. Log opnieuw in en "
    "verstuur het formulier nog een keer.",
)


def init_errors(app: Flask) -> None:
    """Register the error handlers for Flask's and our exceptions."""
    app.register_error_handler(HTTPException, _http_error)
    app.add_template_global(refused_form)
    app.register_error_handler(CSRFError, _expired_form)
    app.register_error_handler(SessionGoneError, _session_gone)
    app.register_error_handler(ProviderSuspendedError, _suspended)
    app.register_error_handler(SecurityError, _untrusted_host)
    app.register_error_handler(OperationalError, _database_away)
    app.register_error_handler(DBAPIError, _maybe_cut_off)
    app.register_error_handler(StepFailedError, _step_failed)
    app.register_error_handler(Exception, _unexpected)
    for ours in STATUS_OF:
        app.register_error_handler(ours, _of_ours)


def _http_error(error: HTTPException) -> Response:
    if error.code is None or error.response is not None:
        return make_response(error.get_response())
    kind = 400 if error.code < HTTPStatus.INTERNAL_SERVER_ERROR else 500
    page = PAGES.get(error.code, PAGES[kind])
    if error.code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        page = replace(page, message=page.message.format(megabytes=largest_request()))
    response = error_page(error.code, page)
    for name, value in error.get_headers():
        if name not in {"Content-Type", "Content-Length"}:
            response.headers[name] = value
    return response


def _expired_form(error: CSRFError) -> Response:
    log.warning("form token refused", extra={"reason": error.description})
    return error_page(400, EXPIRED_FORM, login=form_page())


def _session_gone(_error: SessionGoneError) -> Response:
    """What was typed is given back, where anything was: it comes back on no other page."""
    if request.headers.get("HX-Request") or sent_form(401) is None:
        return to_login()
    return error_page(401, EXPIRED_FORM, login=form_page())


def _untrusted_host(_error: SecurityError) -> Response:
    if asked_by_a_program():
        return problem(400)
    # Without a trusted host there is no address to build a link with.
    return make_response(_bare_page(PAGES[400], None), 400)


def _database_away(error: DBAPIError) -> Response:
    log.error("database does not answer", exc_info=error)
    return error_page(503, PAGES[503])


def _maybe_cut_off(error: DBAPIError) -> Response:
    """A connection that the database ended has passed, under whatever name its driver tells it."""
    return _database_away(error) if error.connection_invalidated else _unexpected(error)


def _suspended(error: ProviderSuspendedError) -> Response:
    """Why the provider may only look, and what it can do; staff is told no more than that."""
    db.session().rollback()
    user = signed_in_user()
    if asked_by_a_program() or user is None or user.kvk != error.kvk:
        return error_page(403, PAGES[403])
    provider = provider_of(db.session(), error.kvk)
    return make_response(render_template("errors/suspended.html", provider=provider), 403)


def _of_ours(error: Exception) -> Response:
    status = STATUS_OF[type(error)]
    return error_page(status, PAGES[status])


def _step_failed(error: StepFailedError) -> Response:
    """The step is undone; what is kept is the incident that tells the operator."""
    reference = str(error.incident.id)[:8]
    unit_of_work(db.session()).commit()
    log.error("a step failed", extra={"reference": reference}, exc_info=error)
    return error_page(500, PAGES[500], reference=reference)


def _unexpected(error: Exception) -> Response:
    reference = secrets.token_hex(4)
    log.error("unexpected error", extra={"reference": reference}, exc_info=error)
    return error_page(500, PAGES[500], reference=reference)


@dataclass(frozen=True)
class SentForm:
    """What somebody typed in the form that went wrong."""

    address: str
    fields: list[tuple[str, str]]  # name and text, in the order of the form
    may_be_sent_again: bool  # as it is: the fault was ours, and may be over

    @property
    def typed(self) -> list[str]:
        """What is worth reading back: no tokens, ids and chosen codes alone."""
        return [text for name, text in self.fields if _is_worth_reading(name, text)]


def sent_form(status: int) -> SentForm | None:
    """The form of this request, to be given back with the error; never an upload or a login."""
    if request.method != "POST" or request.blueprint == "auth" or status in UNREADABLE:
        return None
    names = request.form.items(multi=True)
    fields = [(name, text) for name, text in names if name != "csrf_token"]
    if not any(_is_worth_reading(name, text) for name, text in fields):
        return None
    # The fault may have come before the form was judged: only a page of ours may send it again.
    came_from = request.headers.get("Origin", request.referrer)
    is_ours = came_from is None or urlsplit(came_from).netloc == request.host
    is_passing = status in PASSING and is_ours
    whole = sum(len(text) for _name, text in fields) <= LARGEST_SENT_AGAIN
    may = is_passing and whole and not request.files
    return SentForm(request.full_path.rstrip("?"), fields, may)


def refused_form() -> SentForm | None:
    """The form of this request, for a page of our own that refuses it for good."""
    return sent_form(HTTPStatus.CONFLICT)


def _is_worth_reading(name: str, text: str) -> bool:
    return name not in NEVER_SHOWN and bool(text.strip()) and reference_in(text) is None


def error_page(
    status: int, page: ErrorPage, *, reference: str | None = None, login: str | None = None
) -> Response:
    """The response of this error, in the look of the portal if that still works.

    A program gets a problem document.
    """
    if asked_by_a_program():
        more: dict[str, Any] = {"reference": reference} if reference else {}
        return problem(status, **more)
    try:
        html = render_template(
            [f"errors/{status}.html", "errors/error.html"],
            status=status,
            title=page.title,
            message=page.message,
            reference=reference,
            sent=sent_form(status),
            login=login,
        )
    except Exception:
        log.exception("the error page itself failed")
        html = _bare_page(page, reference)
    return make_response(html, status)


def _bare_page(page: ErrorPage, reference: str | None) -> str:
    number = f"<p>Nummer: {escape(reference)}</p>" if reference else ""
    return (
        f'<!doctype html><html lang="nl"><meta charset="utf-8"><title>{escape(page.title)}</title>'
        f"<h1>{escape(page.title)}</h1><p>{escape(page.message)}</p>{number}</html>"
    )
