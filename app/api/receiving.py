"""Messages, signals and starts that programs outside send."""

from collections.abc import Collection, Mapping
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue

from app.api import files, form_answers
from app.api.answers import SentAnswer, SignalAnswer
from app.api.blueprint import bp, current_opening
from app.api.bodies import Errors, MessageBody, SignalBody, StartBody
from app.api.once import Answer, once
from app.api.operation import Operation, describes
from app.api.problems import AMBIGUOUS, FAILED, FORBIDDEN, REUSED, RUNNING, ProblemError, invalid
from app.web.access import public
from app.web.db import Begins, begins, db
from app.web.limits import Rate, limited
from forms.drawn.json_answers import ON_ITS_PAGE
from forms.registry import UserTaskForm
from processes.engine.deployment.definitions import UnknownProcessError
from processes.engine.execution.events import messages
from processes.engine.execution.events.messages import Outcome, Sent
from processes.engine.execution.starting.beginning import BusinessKeyError
from processes.engine.openings.sending import Case, Startable, start, startable
from processes.engine.store.models import ProcessInstance
from processes.register.providers.providers import new_reference


@bp.post("/berichten/<path:name>")
@public
@limited(Rate.OPENING)
@begins(Begins.WHEN_WRITING)
@describes(
    Operation(
        "messages",
        {200: SentAnswer, 202: SentAnswer},
        body=MessageBody,
        refuses=(RUNNING, AMBIGUOUS, FAILED, REUSED),
    )
)
def message(name: str) -> ResponseReturnValue:
    """Send a message to the case that waits for it, or start the process that begins with it."""
    opening = current_opening()

    def send(body: MessageBody) -> Answer:
        return _told(
            messages.send(
                db.session(),
                name,
                correlation_key=body.correlation_key,
                variables=body.variables,
                tenant=opening.tenant,
            )
        )

    return once(_subject("message", name, opening.messages), MessageBody, send)


@bp.post("/signalen/<path:name>")
@public
@limited(Rate.OPENING)
@begins(Begins.WHEN_WRITING)
@describes(Operation("messages", {200: SignalAnswer}, body=SignalBody, refuses=(FAILED, REUSED)))
def signal(name: str) -> ResponseReturnValue:
    """Send a signal to everything that waits for it now."""

    def send(body: SignalBody) -> Answer:
        caught = messages.send_signal(db.session(), name, body.variables)
        return {"outcome": Outcome.DELIVERED, "caught": caught}

    return once(_subject("signal", name, current_opening().signals), SignalBody, send)


@bp.post("/processen/<key>")
@public
@limited(Rate.OPENING)
@begins(Begins.WHEN_WRITING)
@describes(
    Operation("cases", {200: SentAnswer}, body=StartBody, refuses=(404, RUNNING, FAILED, REUSED))
)
def start_process(key: str) -> ResponseReturnValue:
    """Start a case of the newest version of a process, with the answers to its start form.

    Where the start asks no fields, any variables are taken.
    """
    opening, subject = current_opening(), _subject("process", key, current_opening().processes)

    def errors_in(variables: Mapping[str, Any]) -> Errors:
        return form_answers.errors_in(_start_form(_startable(key)), variables, {})

    def send(body: StartBody) -> Answer:
        begun = _startable(key)
        form_class = _start_form(begun)
        answers = form_answers.answers_of(form_class, body.variables, {})
        case = Case(begun, answers, body.business_key, new_reference("ZK"))
        try:
            sent = start(db.session(), opening, case)
        except BusinessKeyError as error:
            wrong = {"pointer": "#/variables", "detail": f"no business key: {error}"}
            raise invalid([wrong]) from None
        if sent.outcome is not Outcome.STARTED:
            return _told(sent)
        # A case that an opening starts is its own company's: nothing to look up.
        (own,) = map(str, sent.ids)
        files.sent(form_class, body.variables, sent.ids[0])
        return {"outcome": sent.outcome, "instances": [own], "reference": case.reference}

    return once(subject, StartBody, send, errors_in)


def _startable(key: str) -> Startable:
    """The version that a start of this process takes. Raises ProblemError 404."""
    try:
        return startable(db.session(), current_opening(), key)
    except UnknownProcessError:
        detail = f"No process {key} that begins by itself is deployed."
        raise ProblemError(HTTPStatus.NOT_FOUND, detail) from None


def _start_form(begun: Startable) -> type[UserTaskForm]:
    """The form with which a case of this version begins.

    Raises ProblemError for one of a page, and for an act of a person.
    """
    form_answers.refuse_act(begun.beginning.form_key)
    form_class = form_answers.start_form(begun.beginning, current_opening().tenant)
    if begun.beginning.form_key and not form_class.json_names:
        raise invalid([{"pointer": "#", "detail": ON_ITS_PAGE}])
    return form_class


def _subject(what: str, name: str, allowed: Collection[str]) -> str:
    """What the request is about. Raises ProblemError 403 where the opening does not name it."""
    if name not in allowed:
        raise ProblemError(FORBIDDEN, f"This opening may not send {what}:{name}.")
    return f"{what}:{name}"


def _told(sent: Sent) -> Answer:
    """The outcome with its ids; of another company's case not the id."""
    if sent.outcome is Outcome.FAILED:
        return {"outcome": sent.outcome, "incidents": [str(each) for each in sent.ids]}
    seen = [str(each) for each in sent.ids if _is_seen(each)]
    return {"outcome": sent.outcome, "instances": seen}


def _is_seen(instance_id: UUID) -> bool:
    instance = db.session().get(ProcessInstance, instance_id)
    tenant = current_opening().tenant
    return instance is not None and (tenant is None or tenant == instance.tenant)
