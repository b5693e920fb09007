"""Registry of delegates, and of the topics with the parameters and retries of their jobs."""

import inspect
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType
from typing import Any, TypeVar

Perform = TypeVar("Perform", bound=Callable[..., dict[str, Any] | None])


class BpmnError(Exception):
    """A business error (BPMN 2.0 §10.4): a boundary event with this code catches it.

    `variables` are what the event goes on with, beside those that were there.
    """

    def __init__(
        self, code: str, message: str = "", variables: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(message or code)
        self.code = code
        self.message = message
        self.variables = variables or {}


class BadDataError(Exception):
    """A job's data can never be processed, however often it is tried: an incident at once."""


class RefusedError(BadDataError):
    """As BadDataError; its text is the sentence that an operator reads, in Dutch."""


class UnavailableError(Exception):
    """Another system does not answer: trying again later may help, and the diagram is right.

    `after` is how long it asked to be left alone; the next attempt is no sooner. `sentence` is what
    an operator reads when there are no attempts left, in Dutch; without it, that it did not answer.
    """

    after: timedelta | None = None
    sentence: str | None = None


class UnknownDelegateError(LookupError):
    """The diagram names a delegate that no function has registered."""


@dataclass(frozen=True)
class Delegate:
    """A function that runs in the step's own transaction; no network."""

    name: str
    title: str
    perform: Callable[..., dict[str, Any] | None]
    parameters: Mapping[str, bool]  # name → required
    description: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)  # of the parameters, in Dutch
    throws: frozenset[str] = frozenset()  # the codes of its BPMN errors


@dataclass(frozen=True)
class Topic:
    """The parameters of a topic, and how its jobs are retried."""

    name: str
    parameters: Mapping[str, bool]
    retry_every: str
    max_attempts: int
    lists_variables: str | None = None
    """The parameter that lists names of variables; its argument is those variables by name."""


DELEGATES: dict[str, Delegate] = {}
TOPICS: dict[str, Topic] = {}


def delegate(
    name: str,
    *,
    title: str,
    description: str = "",
    labels: Mapping[str, str] | None = None,
    throws: Collection[str] = (),
) -> Callable[[Perform], Perform]:
    """Register a function (session, **inputs) as the delegate that diagrams know by this name.

    The title, the description and the labels of the parameters are what a process owner reads.
    `throws` are the codes of every `BpmnError` that it may raise.
    """

    def register(perform: Perform) -> Perform:
        if name in DELEGATES:
            message = f"the delegate {name!r} is registered twice"
            raise ValueError(message)
        known = _parameters(perform)
        told = (description, labels or {}, frozenset(throws))
        DELEGATES[name] = Delegate(name, title, perform, known, *told)
        return perform

    return register


TENANT_CHECKS: list[Callable[[Any, str], bool]] = []


def tenant_check(check: Callable[[Any, str], bool]) -> Callable[[Any, str], bool]:
    """Register a function (session, text) that says whether a text names a known tenant."""
    TENANT_CHECKS.append(check)
    return check


def is_tenant(session: Any, text: str) -> bool:
    """Whether this is a tenant that exists; without a check, none does."""
    return any(check(session, text) for check in TENANT_CHECKS)


def declare_topic(
    name: str,
    *,
    parameters: Mapping[str, bool],
    retry_every: str = "PT1M",
    max_attempts: int = 5,
    lists_variables: str | None = None,
) -> None:
    """Tell the engine the parameters of a topic; called by the workers' registry.

    `parameters` maps each name to whether it is required; `retry_every` is an ISO 8601 duration.
    """
    TOPICS[name] = Topic(name, parameters, retry_every, max_attempts, lists_variables)


def delegate_for(name: str) -> Delegate:
    """The delegate of this name. Raises UnknownDelegateError."""
    try:
        return DELEGATES[name]
    except KeyError:
        raise UnknownDelegateError(name) from None


def _parameters(perform: Callable[..., Any]) -> Mapping[str, bool]:
    _session, *rest = inspect.signature(perform).parameters.values()
    return MappingProxyType(
        {
            parameter.name: parameter.default is parameter.empty
            for parameter in rest
            if parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY)
        }
    )
