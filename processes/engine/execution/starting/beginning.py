"""Begins a case from a start form: rights, limits, business key; one case for each submission."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert as insert_once
from sqlalchemy.orm import Session

from processes.base import new_id, now
from processes.engine.deployment.start_rights import beginning_of, may_begin
from processes.engine.diagram.beginning import Beginning
from processes.engine.execution.events import delivery
from processes.engine.execution.events.delivery import OPEN
from processes.engine.execution.events.new_instances import Start
from processes.engine.language.expressions import evaluate_template
from processes.engine.language.functions import ExpressionError
from processes.engine.language.values import variables_of
from processes.engine.store.models import ProcessDefinition, ProcessInstance
from processes.engine.store.start_models import BegunCase
from processes.statements import Statement
from processes.unit_of_work import unit_of_work

HOUR = timedelta(hours=1)
MOST_AN_HOUR = 10  # cases that one person begins
MOST_OPEN = 50  # open cases of one process for one company
LONGEST_KEY = 200


class MayNotBeginError(Exception):
    """No group of this person is drawn as a starter of the newest version."""


class TooManyCasesError(Exception):
    """One person began many cases this hour, or one company has many open (`is_tenants`)."""

    def __init__(self, *, is_tenants: bool) -> None:
        super().__init__("of the company" if is_tenants else "of the person")
        self.is_tenants = is_tenants


class AlreadySubmittedError(Exception):
    """A case was begun by this very submission: roll back, and show that one."""


class BusinessKeyError(Exception):
    """The expression of the business key gives no text or number for these answers."""


@dataclass(frozen=True)
class Starter:
    """Who begins a case, for which company, and in which submission of the form."""

    id: UUID  # of the user
    label: str
    groups: frozenset[str]
    submission_id: UUID
    reference: str  # a new one: of the case, to print and read aloud
    tenant: str | None = None  # the KvK number of the company that the case belongs to
    mailed_to: str | None = None  # who gets the receipt
    person: str | None = None  # their user reference: of the case's tasks that name its initiator
    is_on_behalf: bool = False  # staff of the register begin it for the company

    @property
    def started_by(self) -> str:
        """How the history of the case names who began it."""
        return f"{self.label}, namens KvK {self.tenant}" if self.is_on_behalf else self.label


def begin(
    session: Session,
    definition: ProcessDefinition,
    starter: Starter,
    answers: Mapping[str, Any],
) -> BegunCase:
    """Begin a case with these answers as its first variables; flushes.

    Raises MayNotBeginError, TooManyCasesError, BusinessKeyError, AlreadyRunningError,
    StepFailedError, and AlreadySubmittedError: roll back then, and look for the case of this
    submission, which another request began.
    """
    refuse(session, definition, starter)
    begun = beginning_of(session, definition.id)
    given = {"reference": starter.reference}
    if starter.tenant is not None:
        given["kvk"] = starter.tenant
    if begun.initiator:
        given[begun.initiator] = starter.person or str(starter.id)
    variables = variables_of({**answers, **given})
    start = Start(
        definition.id,
        definition.key,
        business_key_of(begun, variables),
        starter.tenant,
        variables,
        starter.started_by,
        initiator=starter.person,
    )
    instance = delivery.start(session, start)
    return _keep(session, instance, starter, variables_of(answers))


def refuse(session: Session, definition: ProcessDefinition, starter: Starter) -> None:
    """Check rights and limits, before anything costs work.

    Raises MayNotBeginError, TooManyCasesError.
    """
    begun = beginning_of(session, definition.id)
    if not begun.has_plain_start or not may_begin(session, definition.id, starter.groups):
        raise MayNotBeginError(definition.key)
    recent = select(func.count()).where(
        BegunCase.starter_id == starter.id, BegunCase.begun_at > now() - HOUR
    )
    if (session.scalar(recent) or 0) >= MOST_AN_HOUR:
        raise TooManyCasesError(is_tenants=False)
    open_now = select(func.count()).where(
        ProcessInstance.tenant == starter.tenant,
        ProcessInstance.process_key == definition.key,
        ProcessInstance.status.in_(OPEN),
    )
    if starter.tenant is not None and (session.scalar(open_now) or 0) >= MOST_OPEN:
        raise TooManyCasesError(is_tenants=True)


def case_of_submission(session: Session, submission_id: UUID) -> BegunCase | None:
    """The case that this submission began."""
    return session.get(BegunCase, submission_id)


def business_key_of(begun: Beginning, variables: Mapping[str, Any]) -> str:
    """One open case for each: what the process says, else a new id. Raises BusinessKeyError."""
    text = begun.business_key
    if text is None:
        return str(new_id())
    try:
        value = evaluate_template(text, variables)
    except ExpressionError as error:
        raise BusinessKeyError(str(error)) from error
    is_key = isinstance(value, str | int | float) and not isinstance(value, bool)
    key = str(value).strip() if is_key else ""
    if not 0 < len(key) <= LONGEST_KEY:
        raise BusinessKeyError(text)
    return key


_ADD = Statement(
    insert_once(BegunCase).on_conflict_do_nothing(index_elements=["submission_id"]),
    [column.name for column in BegunCase.__table__.columns],
)


def _keep(
    session: Session, instance: ProcessInstance, starter: Starter, answers: dict[str, Any]
) -> BegunCase:
    row = {
        "submission_id": starter.submission_id,
        "instance_id": instance.id,
        "reference": starter.reference,
        "starter_id": starter.id,
        "mailed_to": starter.mailed_to,
        "answers": answers,
        "begun_at": now(),
    }
    session.flush()
    if unit_of_work(session).execute(_ADD, row) != 1:
        raise AlreadySubmittedError(starter.submission_id)
    return session.get_one(BegunCase, starter.submission_id)
