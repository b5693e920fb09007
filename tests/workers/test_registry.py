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
from workers.handlers import mail, migration, trade_register, webhooks
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


def test_a_topic_is_registered_once(topic: Callable[..., str]) -> None:
    name = topic(lambda: None)
    with pytest.raises(ValueError, match="twice"):
        service_task(name, title="Nog eens")(lambda: None)


def test_a_worker_knows_the_topics_of_every_module() -> None:
    """A job of a topic that no worker knows would wait for a program outside, for good."""
    modules = Path(handlers.__file__).parent.glob("*.py")
    of_topics = {
        module.stem
        for module in modules
        if re.search(r"^@(service|mail)_task\(", module.read_text("utf-8"), re.MULTILINE)
    }
    assert of_topics <= set(handlers.__all__)


def registered() -> list[ServiceTask | Delegate]:
    return [*SERVICE_TASKS.values(), *DELEGATES.values()]


@pytest.mark.parametrize(
    "module", [claims, delegates, mail, merging, migration, suspension, trade_register, transfers]
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
    raisers = {claims, delegates, mail, merging, migration, suspension, trade_register, transfers}
    assert raising == raisers | of_the_diagram
