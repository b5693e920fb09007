"""Service tasks that send webhooks: what a diagram sends, and events."""

import re
from datetime import timedelta
from functools import partial
from typing import Any

from processes.casework.given_variables import GIVEN
from processes.casework.webhooks import sending
from processes.casework.webhooks.sending import Outcome
from processes.engine.registry import BpmnError, RefusedError, UnavailableError
from processes.reading.json_text import read_json
from processes.webhooks.destinations import PRIVATE, BadAddressError, PrivateNetworkError
from processes.webhooks.events import EVENT_TOPIC, PREFIX
from processes.webhooks.mappings import (
    MappingError,
    error_of,
    errors_by_status,
    field_at,
    variables_by_field,
)
from processes.webhooks.messages import Message
from processes.webhooks.models import Trouble
from workers.clients.webhooks import Answer, NotDeliveredError, post
from workers.job_context import JobContext
from workers.registry import service_task

FROM_DIAGRAM = f"{PREFIX}message"
TYPE = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+){0,9}", re.ASCII)
KIND = re.compile(r"[a-z0-9.+-]{1,40}/[a-z0-9.+-]{1,60}", re.ASCII)
GONE_STATUS = 410
MOST_ATTEMPTS = 12  # of an event: some twenty hours
UNCONFIRMED = Outcome(None, Trouble.UNCONFIRMED)

GONE = "Het andere systeem zegt dat “{name}” niet meer bestaat. Loket zette dat adres uit."
STOPPED = "Het bedrijf stopte deze webhook intussen."
REJECTED = "Het andere systeem antwoordde elke keer {status}, en nam het bericht niet aan."
ODD_TYPE = "Het soort bericht “{text}” klopt niet: kleine letters en cijfers met punten ertussen."
ODD_PAIR = "Het deel “{pair}” is niet te lezen."
OWN_NAME = "Het gegeven “{name}” geeft alleen Loket een waarde."
NO_JSON = "Het antwoord van het andere systeem was geen JSON, of te groot."

webhook_task = partial(
    service_task, queue="webhooks", lease=timedelta(minutes=1), retry_every="PT1M"
)


class RejectedError(UnavailableError):
    """The receiver answered, and did not take the message."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(f"HTTP {answer.status}")
        self.sentence = REJECTED.format(status=answer.status)
        self.after = answer.retry_after


class UnconfirmedError(UnavailableError):
    """The receiver of a company's address did not give the challenge back."""


@webhook_task(
    "webhook",
    title="Webhook versturen",
    description=(
        "Stuurt gegevens van de zaak naar een ander systeem, ondertekend. Een beheerder bepaalt "
        "welke adressen er zijn."
    ),
    labels={
        "webhook_address": "Naam van het webhook-adres",
        "webhook_data": "Welke gegevens gaan mee?",
        "webhook_type": "Soort bericht",
        "webhook_answer": "Welke velden van het antwoord komen in het proces?",
        "webhook_errors": "Bij welk antwoord volgt een fout?",
    },
    hints={
        "webhook_address": "Een naam die de beheerder bij Webhooks heeft ingesteld.",
        "webhook_data": "Namen met komma's ertussen: naam, bedrag. Meer gaat er niet mee.",
        "webhook_type": "Mag leeg. Bijvoorbeeld nl.voorbeeld.klacht.ontvangen.",
        "webhook_answer": "Mag leeg. Gegeven = veld: zaaknummer = zaak.nummer, status = status.",
        "webhook_errors": "Mag leeg. Status = fout: 404 = niet-gevonden, 5xx = storing.",
    },
    max_attempts=8,
    lists_variables="webhook_data",
)
def send_webhook(  # noqa: PLR0913 - each is a parameter that a diagram draws
    webhook_address: str,
    webhook_data: Any = None,
    webhook_type: str = "",
    webhook_answer: str = "",
    webhook_errors: str = "",
    *,
    job: JobContext,
) -> dict[str, Any] | None:
    """Post the listed variables; the drawn fields of the answer become variables.

    Raises BpmnError for a status that the diagram maps to one; RefusedError, UnavailableError.
    """
    fields, errors = _drawn(webhook_answer, webhook_errors)
    event_type = webhook_type or FROM_DIAGRAM
    if len(event_type) > 100 or not TYPE.fullmatch(event_type):  # noqa: PLR2004 - characters
        raise RefusedError(ODD_TYPE.format(text=event_type[:100]))
    with job.transaction() as session:
        number, message = sending.step_message(
            session, job.id, webhook_address, event_type, webhook_data or {}
        )
    answer = _posted(job, number, message)
    code = error_of(errors, answer.status)
    if code is None and not answer.is_success:
        _rejected(job, number, answer)
    _settle(job, number, _outcome(answer, is_taken=True))
    if code is not None:
        raise BpmnError(code, f"HTTP {answer.status}")
    return _variables(fields, answer) if fields else None


@webhook_task(EVENT_TOPIC, title="Gebeurtenis versturen", max_attempts=MOST_ATTEMPTS)
def send_event(number: int, *, job: JobContext) -> None:
    """Post an event; once its address is disabled it waits.

    Raises RefusedError, UnavailableError; not of a company's own address when it is given up.
    """
    with job.transaction() as session:
        message = sending.event_message(session, number)
    if message is None:
        return
    try:
        _send(job, number, message)
    except (RefusedError, UnavailableError) as error:
        is_over = isinstance(error, RefusedError) or job.attempt >= MOST_ATTEMPTS
        if not is_over or not _given_up(job, number):
            raise


def _send(job: JobContext, number: int, message: Message) -> None:
    answer = _posted(job, number, message)
    if not answer.is_success:
        _rejected(job, number, answer)
    with job.transaction() as session:
        is_taken = sending.confirm(session, number, answer.body or b"")
        outcome = _outcome(answer, is_taken=True) if is_taken else UNCONFIRMED
        sending.settle(session, number, outcome)
    if not is_taken:
        raise UnconfirmedError(Trouble.UNCONFIRMED)


def _given_up(job: JobContext, number: int) -> bool:
    with job.transaction() as session:
        return sending.give_up(session, number)


def _posted(job: JobContext, number: int, message: Message) -> Answer:
    try:
        return post(message.url, message.headers(), message.body)
    except NotDeliveredError as error:
        _settle(job, number, Outcome(None, error.trouble))
        raise
    except PrivateNetworkError as error:
        _settle(job, number, Outcome(None, Trouble.PRIVATE))
        raise RefusedError(PRIVATE) from error
    except BadAddressError as error:
        _settle(job, number, Outcome(None, Trouble.PRIVATE))
        raise RefusedError(str(error)) from error


def _rejected(job: JobContext, number: int, answer: Answer) -> None:
    """Raises RefusedError where the address is gone, RejectedError."""
    if answer.status != GONE_STATUS:
        _settle(job, number, _outcome(answer))
        raise RejectedError(answer)
    with job.transaction() as session:
        sending.settle(session, number, _outcome(answer))
        name = sending.disable_gone(session, number)
    raise RefusedError(GONE.format(name=name) if name else STOPPED)


def _settle(job: JobContext, number: int, outcome: Outcome) -> None:
    with job.transaction() as session:
        sending.settle(session, number, outcome)


def _outcome(answer: Answer, *, is_taken: bool = False) -> Outcome:
    kind = answer.content_type if KIND.fullmatch(answer.content_type) else "?"
    return Outcome(answer.status, f"{kind}, {answer.length} bytes", is_taken)


def _drawn(answer: str, errors: str) -> tuple[dict[str, str], dict[str, str]]:
    try:
        fields, by_status = variables_by_field(answer), errors_by_status(errors)
    except MappingError as error:
        raise RefusedError(ODD_PAIR.format(pair=error)) from error
    for name in fields:
        if name in GIVEN:
            raise RefusedError(OWN_NAME.format(name=name))
    return fields, by_status


def _variables(fields: dict[str, str], answer: Answer) -> dict[str, Any]:
    try:
        told = read_json(answer.body or b"")
    except ValueError as error:
        raise RefusedError(NO_JSON) from error
    return {name: field_at(told, path) for name, path in fields.items()}
