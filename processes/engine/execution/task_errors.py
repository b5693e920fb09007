"""Judges the error event definitions of an external task when its job ends or fails.

As Camunda 7: each condition reads the variables of the task, with what its worker gives, and
`externalTask` (its topic and, after a failure, the message and details). The first that holds
throws its error to the boundary event; a failure is then tried no more.
"""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from processes.engine.diagram.elements import Element
from processes.engine.execution import steps
from processes.engine.interpreter.outcomes import TokenGoneError
from processes.engine.interpreter.workflow import Workflow
from processes.engine.language.expressions import ExpressionError, compile_expression
from processes.engine.registry import BpmnError
from processes.engine.store.models import Job, ProcessInstance


def complete(
    flow: Workflow, token_id: UUID, given: Mapping[str, Any], local: Mapping[str, Any]
) -> None:
    """Complete the job of this token with its result, or throw the error that is drawn for it.

    Raises ExpressionError and UncaughtBpmnError.
    """
    element = flow.element_at(token_id)
    if element is not None and element.task_errors:
        known = _known(element, {**flow.variables_at(token_id), **local, **given}, "", "")
        for each in element.task_errors:
            if compile_expression(each.condition).holds(known):
                flow.throw_error(token_id, BpmnError(each.code, variables=given))
                return
    is_seen = element is not None and element.outputs
    flow.complete(token_id, {**local, **given} if is_seen else given)


def at_failure(session: Session, job: Job, message: str, details: str) -> BpmnError | None:
    """The error that is drawn for this failure; a condition that cannot be judged does not hold."""
    element = element_of(session, job)
    if element is None or not element.task_errors or job.token_id is None:
        return None
    flow = steps.read(session, session.get_one(ProcessInstance, job.instance_id))
    known = _known(element, flow.variables_at(job.token_id), message, details)
    for each in element.task_errors:
        with suppress(ExpressionError):
            if compile_expression(each.condition).holds(known):
                return BpmnError(each.code, message)
    return None


def element_of(session: Session, job: Job) -> Element | None:
    """The task of a job as drawn, in the process that it stands in; None where it is gone."""
    if job.instance_id is None or job.token_id is None:
        return None
    flow = steps.read(session, session.get_one(ProcessInstance, job.instance_id))
    try:
        return flow.element_at(job.token_id)
    except TokenGoneError:
        return None


def _known(
    element: Element, variables: Mapping[str, Any], message: str, details: str
) -> dict[str, Any]:
    """What a condition reads."""
    told = {"topicName": element.topic, "errorMessage": message, "errorDetails": details}
    return {**variables, "externalTask": told}
