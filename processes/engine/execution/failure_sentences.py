"""What an operator reads about a step or a job that failed: a sentence that names the element.

The exception itself, often English and sometimes with data of people in it, stands in the
technical details of the incident.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Protocol

from processes.engine.decisions.tables import DecisionError
from processes.engine.execution.hidden_values import without_values
from processes.engine.interpreter.codec import StateTooLargeError
from processes.engine.interpreter.data.joins import MergeConflictError
from processes.engine.interpreter.outcomes import (
    BudgetExceededError,
    ElementError,
    UncaughtBpmnError,
)
from processes.engine.interpreter.task_specs import is_without_a_way_on
from processes.engine.interpreter.workflow_classes import CallsTooDeepError
from processes.engine.language.expressions import ExpressionError
from processes.engine.language.values import VariablesError
from processes.engine.registry import (
    BadDataError,
    BpmnError,
    RefusedError,
    UnavailableError,
    UnknownDelegateError,
)
from processes.engine.sentences.catalogue import say

LONGEST_TOLD = 300  # characters of what a worker outside says


class WorkerLostError(Exception):
    """No worker reported back before the lease of the last attempt ran out."""


class ReportedError(Exception):
    """A worker outside reports that it could not do a job, and whether it is to be tried again."""

    def __init__(self, message: str, details: str, retries: int, pause: timedelta) -> None:
        super().__init__(message)
        self.details = details or message
        self.retries = retries
        self.pause = pause


class Known(Protocol):
    """What is known of the case in which something failed."""

    @property
    def values(self) -> Any:
        """What was typed or worked out, which no sentence may hold."""

    def name_of(self, element_id: str) -> str:
        """The name of an element as drawn."""


def sentence_for(error: BaseException, element_id: str | None, known: Known) -> str:
    """What went wrong, in words that hold no value of the case."""
    element = known.name_of(element_id) if element_id else say("incidents.no-element")
    match error:
        case ElementError() | DecisionError():
            return str(error)
        case ExpressionError() if str(error):
            return say("incidents.at-element", element=element, reason=error)
        case UncaughtBpmnError():
            return _uncaught(error.error, element, known.values)
        case MergeConflictError():
            first, second = map(known.name_of, error.branches)
            return say(
                "incidents.merge-conflict",
                element=element,
                variable=error.variable,
                first=first,
                second=second,
            )
        case UnknownDelegateError():
            return say("incidents.delegate-unknown", element=element, delegate=error.args[0])
    return _technical(error, element)


def sentence_for_job(error: BaseException, element: str, values: Any) -> str:
    """Why a job is tried no more, in words; `element` is the name of its task as drawn.

    Of these values of the case the sentence holds none.
    """
    if isinstance(error, ReportedError):
        said = without_values(str(error), values)[:LONGEST_TOLD]
        return say("incidents.worker-outside", element=element, told=said)
    told = str(error) if isinstance(error, RefusedError) else None
    if isinstance(error, UnavailableError):
        told = error.sentence
    if told:
        reason = without_values(told, values)
        return say("incidents.at-element", element=element, reason=reason)
    if isinstance(error, BpmnError):
        return _uncaught(error, element, values)
    return _technical(error, element)


def _uncaught(error: BpmnError, element: str, values: Any) -> str:
    code, told = error.code, error.message
    if told in ("", code):
        return say("incidents.error-uncaught", element=element, code=code)
    told = without_values(told, [values, error.variables] if values is not None else None)
    return say("incidents.error-uncaught-told", element=element, code=code, told=told)


def _technical(error: BaseException, element: str) -> str:
    if isinstance(error, StateTooLargeError):
        return say("incidents.state-too-large")
    if is_without_a_way_on(error):
        return say("incidents.no-condition-holds", element=element)
    for types, sentence in TECHNICAL.items():
        if isinstance(error, types):
            return sentence(element)
    return say("incidents.failed", element=element)


TECHNICAL: Mapping[tuple[type[BaseException], ...], Callable[[str], str]] = {
    (CallsTooDeepError,): lambda element: say("incidents.calls-too-deep", element=element),
    (BudgetExceededError,): lambda element: say("incidents.budget", element=element),
    (VariablesError,): lambda element: say("incidents.variables", element=element),
    (BadDataError,): lambda element: say("incidents.bad-data", element=element),
    (WorkerLostError,): lambda element: say("incidents.worker-lost", element=element),
    (UnavailableError, ConnectionError, TimeoutError): lambda element: say(
        "incidents.unavailable", element=element
    ),
}
"""The sentence of an exception that says nothing about the diagram; the first that fits."""
