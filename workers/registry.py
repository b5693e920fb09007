"""Registry of service tasks by topic; each is one function."""

import inspect
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType
from typing import Any, TypeVar

from processes.engine.registry import declare_topic

Perform = TypeVar("Perform", bound=Callable[..., dict[str, Any] | None])


@dataclass(frozen=True)
class ServiceTask:
    """One topic: its function, queue, lease and retries."""

    topic: str
    title: str
    perform: Callable[..., dict[str, Any] | None]
    queue: str
    lease: timedelta
    parameters: Mapping[str, bool]  # name → required
    description: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)  # of the parameters, in Dutch
    throws: frozenset[str] = frozenset()  # the codes of its BPMN errors
    hints: Mapping[str, str] = field(default_factory=dict)  # how to fill in a parameter, in Dutch

    @property
    def is_drawn(self) -> bool:
        """Whether a diagram may name it; what only the portal asks for has no description."""
        return bool(self.description)


SERVICE_TASKS: dict[str, ServiceTask] = {}


def service_task(  # noqa: PLR0913 - each is a setting of the topic, given by name
    topic: str,
    *,
    title: str,
    description: str = "",
    labels: Mapping[str, str] | None = None,
    hints: Mapping[str, str] | None = None,
    throws: Collection[str] = (),
    queue: str = "default",
    lease: timedelta = timedelta(minutes=2),
    retry_every: str = "PT1M",
    max_attempts: int = 5,
    lists_variables: str | None = None,
) -> Callable[[Perform], Perform]:
    """Register a function as the service task of a topic.

    The title, the description, and the labels and hints of the parameters are what a process
    owner reads. `throws` are the codes of every `BpmnError` that it may raise.
    `lease` is how long it may go without progress; `retry_every` is an ISO 8601 duration.
    `lists_variables` is the parameter in which a diagram lists names of variables.
    """

    def register(perform: Perform) -> Perform:
        if topic in SERVICE_TASKS:
            message = f"the topic {topic!r} is registered twice"
            raise ValueError(message)
        parameters = parameters_of(perform)
        told = (description, labels or {}, frozenset(throws), hints or {})
        SERVICE_TASKS[topic] = ServiceTask(topic, title, perform, queue, lease, parameters, *told)
        declare_topic(
            topic,
            parameters=parameters,
            retry_every=retry_every,
            max_attempts=max_attempts,
            lists_variables=lists_variables,
        )
        return perform

    return register


def parameters_of(function: Callable[..., Any]) -> Mapping[str, bool]:
    """Parameters that a diagram may set → whether required; keyword-only ones are ours."""
    return MappingProxyType(
        {
            parameter.name: parameter.default is parameter.empty
            for parameter in inspect.signature(function).parameters.values()
            if parameter.kind is parameter.POSITIONAL_OR_KEYWORD
        }
    )
