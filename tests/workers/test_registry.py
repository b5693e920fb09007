"""Registering a service task tells diagrams what it is called and what it takes."""

import inspect
import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from processes.casework import delegates
from processes.casework.providers import claims, merging, suspension, transfers
from processes.engine.registry import DELEGATES, TOPICS, Delegate
from workers import handlers
from workers.handlers import migration, webhooks
from workers.handlers.mail import repeats, sending
from workers.handlers.providers import trade_register
from workers.registry import (
    SERVICE_TASKS,
    ServiceTask,
    service_task,
)


def test_the_arguments_are_what_a_diagram_may_give(topic: Callable[..., str]) -> None:
    def send(provider_id: str, note: str = "", *, job: object) -> None: ...

    name = topic(send)
    assert dict(SERVICE_TASKS[name].parameters) == {"provider_id": True, "note": False}
    assert TOPICS[name].max_attempts == 2


RAISERS = {
    claims,
    delegates,
    merging,
    migration,
    repeats,
    sending,
    suspension,
    trade_register,
    transfers,
}


def test_a_topic_is_registered_once(topic: Callable[..., str]) -> None:
    name = topic(lambda: None)
    with pytest.raises(ValueError, match="twice"):
        service_task(name, title="Nog eens")(lambda: None)


def test_a_worker_knows_the_topics_of_every_module() -> None:
    """A job of a topic that no worker knows would wait for a program outside, for good."""
    root = Path(handlers.__file__).parent
    of_topics = {
        module.relative_to(root).with_suffix("").parts
        for module in root.rglob("*.py")
        if re.search(r"^@(service|mail)_task\(", module.read_text("utf-8"), re.MULTILINE)
    }
    packages = [handlers, handlers.mail, handlers.offers, handlers.providers]
    listed = {
        (*package.__name__.split(".")[2:], name) for package in packages for name in package.__all__
    }
    assert of_topics
    assert of_topics <= listed


def registered() -> list[ServiceTask | Delegate]:
    return [*SERVICE_TASKS.values(), *DELEGATES.values()]


@pytest.mark.parametrize(
    "module",
    [
        claims,
        delegates,
        merging,
        migration,
        repeats,
        sending,
        suspension,
        trade_register,
        transfers,
    ],
)
def test_the_errors_that_a_function_raises_are_those_that_it_declares(module: ModuleType) -> None:
    raised = re.findall(r"raise BpmnError\(([A-Z_]+)", inspect.getsource(module))
    ours = [each for each in registered() if each.perform.__module__ == module.__name__]
    declared = {code for each in ours for code in each.throws}
    assert declared == {getattr(module, name) for name in raised} != set()


def test_no_other_module_raises_one() -> None:
    modules = {inspect.getmodule(each.perform) for each in registered()}
    raising = {each for each in modules if each and "BpmnError(" in inspect.getsource(each)}
    of_the_diagram = {webhooks}  # which statuses are errors, and their codes, is drawn
    raisers = {
        claims,
        delegates,
        sending,
        merging,
        migration,
        repeats,
        suspension,
        trade_register,
        transfers,
    }
    assert raising == raisers | of_the_diagram
