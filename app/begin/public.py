"""Public start: a visitor sends a form, confirms the e-mail address, and follows the case."""

import secrets
from hashlib import sha256
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature, URLSafeSerializer
from wtforms import StringField

from app.begin.start_form import StartForm, rows_of
from app.web.access import public
from app.web.db import db
from app.web.errors import ErrorPage, error_page
from app.web.form_pages.start_forms import StartCase, block_of_page, start_form_class
from app.web.form_pages.uploads import files_in, form_sent
from app.web.limits import Rate, limited
from app.web.pages import add_helpers, form_submission_id, whole_number
from app.web.serving.request_size import takes_files
from forms.fields import EmailField
from forms.uploads import references_in
from processes.base import now
from processes.engine.deployment.start_rights import beginning_of
from processes.engine.execution.events.delivery import AlreadyRunningError
from processes.engine.execution.jobs import create_job
from processes.engine.execution.starting.beginning import BusinessKeyError, case_of_submission
from processes.engine.execution.starting.public_start import (
    LABEL,
    PublicStartClosedError,
    StartChangedError,
    TooManyStartsError,
    confirm,
    opened,
    pend,
    pending_of,
    refuse_many,
)
from processes.engine.execution.steps import StepFailedError
from processes.engine.insight.progress import progress
from processes.engine.store.models import ProcessDefinition, ProcessInstance
from processes.engine.store.start_models import BegunCase, PendingStart
from processes.engine.tasks import files
from processes.engine.tasks.files import Place
from processes.platform.settings import current_settings
from processes.platform.signed_links import BadLinkError, id_of
from processes.register.changes import record_event
from processes.register.providers.providers import new_reference
from processes.unit_of_work import unit_of_work

bp = Blueprint("public_start", __name__, url_prefix="/processen")
add_helpers(bp)

CLOSED = ErrorPage(
    "Dit formulier is gesloten",
    "U kunt het nu niet versturen. Probeer het later opnieuw, of neem contact met ons op.",
)
PURPOSE = "public start"
FASTEST = 3.0  # seconds in which nobody fills in a form
TRAP = "bijnaam"  # a field that people do not see


class PublicForm(StartForm):
    """The start form of a visitor, with the address to confirm."""

    beside = frozenset({"email", "bijnaam"})

    email = EmailField(
        "Uw e-mailadres",
        required="Vul uw e-mailadres in.",
        description="Wij sturen u een e-mail. Pas als u daarin bevestigt, is uw bericht verstuurd.",
    )
    bijnaam = StringField("Laat dit leeg")


@bp.get("/<key>/openbaar")
@public
def show(key: str) -> ResponseReturnValue:
    definition = _opened(key)
    return _page(definition, _form_class(definition)(None))


@bp.post("/<key>/openbaar")
@public
@limited(Rate.PUBLIC_START)
@takes_files
def send(key: str) -> ResponseReturnValue:
    """Limits come first; then the form is judged, and kept until the address is confirmed."""
    definition = _opened(key)
    form_class = _form_class(definition)
    form = form_class(request.form)
    if request.form.get(TRAP):
        return render_template("begin/public_sent.html", email=form.email.data)  # a machine's
    try:
        refuse_many(db.session(), key, form.email.data)
    except TooManyStartsError:
        return _page(definition, form, refused="many"), HTTPStatus.TOO_MANY_REQUESTS
    if request.form.get("version", type=whole_number) != definition.version:
        return _page(definition, form, refused="changed"), HTTPStatus.CONFLICT
    took_its_time = _took_its_time()
    if took_its_time:
        form = form_class(form_sent(form_class, _place()))
    if not form.validate():
        return _page(definition, form), HTTPStatus.UNPROCESSABLE_ENTITY
    if not took_its_time:
        return _page(definition, form, refused="fast"), HTTPStatus.UNPROCESSABLE_ENTITY
    return _keep(definition, form)


@bp.get("/openbaar/<token>")
@public
def follow(token: str) -> ResponseReturnValue:
    """Before the confirmation what will be sent; after it, how far the case is."""
    pending = _pending(token)
    case = case_of_submission(db.session(), pending.id)
    if case is not None:
        return _case(case)
    begun = beginning_of(db.session(), pending.definition_id)
    rows = rows_of(begun, pending.answers, links=False)
    return render_template("begin/public_confirm.html", begun=begun, rows=rows, token=token)


@bp.post("/openbaar/<token>")
@public
@limited(Rate.PUBLIC_START)
def confirmed(token: str) -> ResponseReturnValue:
    """A button, no link: programs that look at mails open every link."""
    database, pending = db.session(), _pending(token, lock=True)
    place, ids = files.of_submission(pending.id), _files_of(pending)
    if files.usable(database, place, ids) != ids:
        return _not_begun(token, "files", HTTPStatus.GONE)
    try:
        case = confirm(database, pending, new_reference("ZK"))
    except StepFailedError:
        unit_of_work(database).commit()  # the incident tells an operator
        return _not_begun(token, "failed", HTTPStatus.INTERNAL_SERVER_ERROR)
    except PublicStartClosedError:
        return _not_begun(token, "closed", HTTPStatus.GONE)
    except StartChangedError:
        return _not_begun(token, "changed", HTTPStatus.CONFLICT)
    except (AlreadyRunningError, BusinessKeyError):
        return _not_begun(token, "running", HTTPStatus.CONFLICT)
    files.send(database, place, case.instance_id, ids)
    subject = f"process:{pending.process_key}"
    record_event(
        database, "process-started", actor=LABEL, subject=subject, reference=case.reference
    )
    unit_of_work(database).commit()
    return redirect(url_for("public_start.follow", token=token), 303)


def _opened(key: str) -> ProcessDefinition:
    """Else 404; who still had the form when it was closed gets back what was typed."""
    try:
        return opened(db.session(), key)
    except PublicStartClosedError:
        if request.method == "POST":
            abort(error_page(HTTPStatus.GONE, CLOSED))
        abort(404)


def _form_class(definition: ProcessDefinition) -> type[PublicForm]:
    begun = beginning_of(db.session(), definition.id)
    return start_form_class(PublicForm, begun, StartCase(None))


def _keep(definition: ProcessDefinition, form: PublicForm) -> ResponseReturnValue:
    database, id_, email = db.session(), form_submission_id(), str(form.email.data)
    answers = form.variables()
    if pend(database, definition, submission_id=id_, email=email, answers=answers):
        create_job(
            database,
            "send-public-confirmation",
            {"pending_id": str(id_)},
            idempotency_key=f"public-start:{id_}",
        )
        files.set_aside(database, _place(), id_, files_in(form))
    unit_of_work(database).commit()
    return render_template("begin/public_sent.html", email=email)


def _pending(token: str, *, lock: bool = False) -> PendingStart:
    try:
        id_ = id_of(PURPOSE, token)
    except BadLinkError:
        abort(404)
    return pending_of(db.session(), id_, lock=lock) or abort(410)


def _place() -> Place:
    """Where the files of this visitor are kept until the form is sent."""
    browser = str(session.get("csrf_token") or secrets.token_hex())
    return Place(f"{files.VISITOR}{sha256(browser.encode()).hexdigest()}", label=LABEL)


def _files_of(pending: PendingStart) -> set[UUID]:
    asked = beginning_of(db.session(), pending.definition_id).form_fields
    given = (pending.answers.get(each.id) for each in asked if each.type == "file")
    return {UUID(each["id"]) for value in given for each in references_in(value)}


def _not_begun(token: str, reason: str, status: HTTPStatus) -> ResponseReturnValue:
    """What was filled in, to copy, and why nothing began."""
    db.session().rollback()
    pending = _pending(token)
    begun = beginning_of(db.session(), pending.definition_id)
    rows = rows_of(begun, pending.answers, links=False)
    page = render_template(
        "begin/public_confirm.html", begun=begun, rows=rows, token=token, refused=reason
    )
    return page, status


def _case(case: BegunCase) -> str:
    instance = db.session().get_one(ProcessInstance, case.instance_id)
    begun = beginning_of(db.session(), instance.definition_id)
    return render_template(
        "begin/public_case.html",
        case=case,
        begun=begun,
        instance=instance,
        progress=progress(db.session(), instance),
        rows=rows_of(begun, case.answers, links=False),
    )


def _page(definition: ProcessDefinition, form: PublicForm, **around: Any) -> str:
    begun = beginning_of(db.session(), definition.id)
    return render_template(
        "begin/public_form.html",
        definition=definition,
        begun=begun,
        form=form,
        own={
            block: block_of_page(begun, block, form, StartCase(None))
            for block in ("intro", "questions")
        },
        since=_clock().dumps(_opened_at() or now().timestamp()),
        **around,
    )


def _took_its_time() -> bool:
    """Whether somebody had the form on the screen long enough to fill it in."""
    opened_at = _opened_at()
    return opened_at is not None and now().timestamp() - opened_at >= FASTEST


def _opened_at() -> float | None:
    """When the form that was sent came on the screen; None without our signature."""
    try:
        return float(_clock().loads(request.form.get("sinds", "")))
    except (BadSignature, ValueError, TypeError):
        return None


def _clock() -> URLSafeSerializer:
    keys = [key.get_secret_value() for key in current_settings().secret_keys]
    return URLSafeSerializer(keys, salt="loket form opened")
