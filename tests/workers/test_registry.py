"""Registering a service task tells diagrams what it is called and what it takes."""

from collections.abc import Callable

import pytest

from processes.engine.registry import TOPICS
from workers.registry import SERVICE_TASKS, UnknownTopicError, service_task, service_task_for


def test_the_arguments_are_what_a_diagram_may_give(topic: Callable[..., str]) -> None:
    def send(provider_id: str, note: str = "", *, job: object) -> None: ...

    name = topic(send)
    assert dict(SERVICE_TASKS[name].parameters) == {"provider_id": True, "note": False}
    assert TOPICS[name].max_attempts == 2


def test_a_topic_is_registered_once(topic: Callable[..., str]) -> None:
    name = topic(lambda: None)
    with pytest.raises(ValueError, match="twice"):
        service_task(name, title="Nog eens")(lambda: None)


def test_an_unknown_topic_is_named() -> None:
    with pytest.raises(UnknownTopicError, match="nothing-of-ours"):
        service_task_for("nothing-of-ours")
