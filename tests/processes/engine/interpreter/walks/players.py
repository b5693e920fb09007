"""Stock SpiffWorkflow and our engine behind one interface, for the random walks."""

from datetime import timedelta
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.util.task import TaskState
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from processes.base import now
from processes.engine.execution import instances, steps
from processes.engine.execution.events import messages, timers
from processes.engine.store.models import InstanceStatus, MessageSubscription, Timer
from tests.processes.engine.diagrams import define
from tests.processes.engine.interpreter.walks.drawing_reader import TIMER

Seen = list[tuple[str, dict[str, Any]]]  # each open task with the variables that it sees
WALK = "1"  # the business key of every instance
LONG_AGO = "2020-01-01T00:00:00+00:00"


class Stock:
    """SpiffWorkflow as it comes, in memory: its own parser and script engine, nothing saved."""

    def __init__(self, xml: bytes) -> None:
        parser = BpmnParser()
        parser.add_bpmn_xml(etree.fromstring(xml))
        self.flow = BpmnWorkflow(parser.get_spec("p"), parser.get_subprocess_specs("p"))
        self.flow.do_engine_steps()

    def open(self) -> Seen:
        return _seen([(task.task_spec.bpmn_id, dict(task.data)) for task in self._ready()])

    def complete(self, name: str, value: int) -> None:
        task = next(task for task in self._ready() if task.task_spec.bpmn_id == name)
        task.data[name] = value
        task.run()
        self.flow.do_engine_steps()

    def fire(self, name: str) -> None:
        task = next(
            task
            for task in self.flow.get_tasks(state=TaskState.WAITING)
            if task.task_spec.bpmn_id == name
        )
        task.internal_data["event_value"] = LONG_AGO
        self.flow.refresh_timers()
        self.flow.do_engine_steps()

    @property
    def ended(self) -> bool:
        return bool(self.flow.is_completed())

    def variables(self) -> dict[str, Any]:
        return dict(self.flow.last_task.data)

    def _ready(self) -> list[Any]:
        return list(self.flow.get_tasks(state=TaskState.READY, manual=True))


class Ours:
    """The functions that the portal calls; every step reads what the one before it wrote."""

    def __init__(self, session: Session, xml: bytes) -> None:
        self.session = session
        define(session, xml)
        self.instance = instances.start_process(session, "p", business_key=WALK, started_by="walk")

    def open(self) -> Seen:
        tasks = instances.open_user_tasks(self.session)
        return _seen(
            [(task.element_id, instances.task_variables(self.session, task)) for task in tasks]
        )

    def complete(self, name: str, value: int) -> None:
        # Of rounds the first: their ids are random, and the same walk should go the same way.
        waits = steps.read(self.session, self.instance).waits()
        task_id = next(
            wait.token_id for wait in waits if wait.kind == "user" and wait.element.id == name
        )
        instances.complete_user_task(
            self.session, task_id, completed_by="walk", variables={name: value}
        )
        self.session.expire_all()

    def fire(self, name: str) -> None:
        due = update(Timer).where(Timer.element_id == name)
        self.session.execute(due.values(due_at=now() - timedelta(seconds=1)))
        assert timers.fire_due_timers(self.session, 10) == 1
        self.session.expire_all()

    def events(self) -> list[str]:
        """All that it waits for from outside: timers by their element, the rest by name."""
        due = [f"{id_}{TIMER}" for id_ in self.session.scalars(select(Timer.element_id))]
        return sorted([*due, *self.session.scalars(select(MessageSubscription.name))])

    def happen(self, name: str) -> None:
        """Let one timer of this element come due, or send this message."""
        if name.endswith(TIMER):
            of_it = Timer.element_id == name.removesuffix(TIMER)
            timer_id = self.session.scalars(select(Timer.id).where(of_it).limit(1)).one()
            due = update(Timer).where(Timer.id == timer_id)
            self.session.execute(due.values(due_at=now() - timedelta(seconds=1)))
            assert timers.fire_due_timers(self.session, 10) == 1
        else:
            assert messages.send_message(self.session, name, correlation_key=WALK)
        self.session.expire_all()

    def signal(self, name: str) -> None:
        messages.send_signal(self.session, name)
        self.session.expire_all()

    @property
    def ended(self) -> bool:
        return self.instance.status == InstanceStatus.COMPLETED

    def variables(self) -> dict[str, Any]:
        return instances.variables(self.session, self.instance)


def _seen(found: Seen) -> Seen:
    return sorted(found, key=lambda each: (each[0], sorted(each[1].items())))
