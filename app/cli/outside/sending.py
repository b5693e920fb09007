"""The commands `loket messages`, `signals` and `tasks`: what comes in from outside, by hand."""

import json
import sys
from typing import Any, NoReturn
from uuid import UUID

import click

from app.cli.operations import JSON, me, show
from app.cli.typed_text import KVK, LIMIT, VISIBLE
from processes.reading.json_text import read_json

# Imports stand in the commands, as in app.cli: `loket --help` starts fast.

VARIABLES = click.option("--variables", default="{}", metavar="JSON", help="Its variables.")


@click.group()
def messages() -> None:
    """Messages for the processes that wait for them, or begin with them."""


@messages.command("send")
@click.argument("name")
@click.option("--key", help="Correlation key; without one, of who waits without a key.")
@click.option("--tenant", type=KVK, help="The company whose cases it reaches or begins.")
@VARIABLES
@JSON
def messages_send(
    name: str, *, key: str | None, tenant: str | None, variables: str, as_json: bool
) -> None:
    """Send a message, and say what came of it.

    delivered or started; kept: nobody waits for it yet, for seven days. Exits with 1 where nothing
    happened: running (what it would start runs already), ambiguous (more than one instance waits
    for it), failed (a step failed; its incident is told).
    """
    from app.cli.sessions import open_session
    from processes.engine.execution.events.messages import Outcome, send
    from processes.engine.execution.events.persons import PersonVariableError
    from processes.unit_of_work import unit_of_work

    given = json_object(variables)
    with open_session() as session:
        try:
            sent = send(session, name, correlation_key=key, variables=given, tenant=tenant)
        except PersonVariableError as error:
            refuse(str(error))
        unit_of_work(session).commit()
    rows = [{"outcome": str(sent.outcome), "ids": [str(each) for each in sent.ids]}]
    _told(rows, as_json=as_json)
    done = {Outcome.DELIVERED, Outcome.STARTED, Outcome.KEPT}
    sys.exit(0 if sent.outcome in done else 1)


@click.group()
def signals() -> None:
    """Signals: every instance that waits for one gets it, now."""


@signals.command("send")
@click.argument("name")
@VARIABLES
@JSON
def signals_send(name: str, *, variables: str, as_json: bool) -> None:
    """Send a signal, and say how many tokens caught it or processes it started."""
    from app.cli.sessions import open_session
    from processes.engine.execution.events.messages import send_signal
    from processes.engine.execution.events.persons import PersonVariableError
    from processes.unit_of_work import unit_of_work

    given = json_object(variables)
    with open_session() as session:
        try:
            caught = send_signal(session, name, given)
        except PersonVariableError as error:
            refuse(str(error))
        unit_of_work(session).commit()
    _told([{"caught": caught}], as_json=as_json)


@click.group()
def tasks() -> None:
    """User tasks that are open."""


@tasks.command("list")
@click.option("--process", help="Only of this process.")
@click.option("--group", help="Only for this candidate group.")
@click.option("--tenant", type=KVK, help="Only of this company.")
@LIMIT
@JSON
def tasks_list(
    *, process: str | None, group: str | None, tenant: str | None, limit: int, as_json: bool
) -> None:
    """List open tasks, the oldest first."""
    from processes.engine.execution.instances import open_user_tasks
    from processes.platform.database import open_reading_session

    with open_reading_session() as session:
        found = open_user_tasks(session, process_key=process, group=group, tenant=tenant)
        rows = [
            {
                "id": str(task.id),
                "process": task.instance.process_key,
                "name": task.name,
                "tenant": task.instance.tenant,
                "opened": task.opened_at.isoformat(timespec="seconds"),
                "due": task.due_at.isoformat(timespec="seconds") if task.due_at else None,
            }
            for task in found[:limit]
        ]
    show(rows, "no open tasks", as_json=as_json)


@tasks.command("assign")
@click.argument("task", type=click.UUID)
@click.argument("person")
@JSON
def tasks_assign(task: UUID, person: str, *, as_json: bool) -> None:
    """Give an open task to PERSON, who may do it and has signed in before.

    PERSON is a user reference, as `teacher:…`, `provider:…` or `staff:…`. Exits with 1 when the
    task is not open, or when they may not do it.
    """
    from app.cli.sessions import open_session
    from processes.engine.store.work_models import KnownPerson
    from processes.engine.tasks.claims import MayNotError, TaskClosedError, assign
    from processes.engine.tasks.directory import person_of
    from processes.register.changes import record_event
    from processes.unit_of_work import unit_of_work

    with open_session() as session:
        known = session.get(KnownPerson, person)
        if known is None:
            refuse(f"{person}: nobody with this reference has signed in")
        try:
            given = assign(session, task, person_of(known))
        except (LookupError, TaskClosedError):
            refuse(f"{task}: there is no such open task")
        except MayNotError:
            refuse(f"{person}: may not do this task")
        subject = f"task:{task}"
        record_event(session, "task-handed-over", actor=me(), kvk=given.tenant, subject=subject)
        unit_of_work(session).commit()
    _told([{"assigned": str(task), "to": person}], as_json=as_json)


@tasks.command("orphaned")
@JSON
def tasks_orphaned(*, as_json: bool) -> None:
    """List the open tasks that nobody can do, the oldest first."""
    from processes.engine.tasks.directory import candidates_for
    from processes.engine.tasks.orphans import orphans, reason_of
    from processes.platform.database import open_reading_session

    with open_reading_session() as session:
        rows = [
            {
                "id": str(task.id),
                "process": task.instance.process_key,
                "name": task.title,
                "candidate": ", ".join(candidates_for(session, task)) or None,
                "reason": str(reason_of(task)),
            }
            for task in orphans(session)
        ]
    show(rows, "no orphaned tasks", as_json=as_json)


@tasks.command("regroup")
@click.argument("task", type=click.UUID)
@click.argument("group")
@click.option("--reason", required=True, type=VISIBLE, help="Why; it stands in the trail.")
def tasks_regroup(task: UUID, group: str, reason: str) -> None:
    """Give an open task that nobody can do to GROUP.

    Exits with 1 when it is not open, or somebody can do it, or the group cannot have it.
    """
    from processes.casework.orphaned_tasks import give_to_group
    from processes.engine.tasks.claims import MayNotError, TaskClosedError
    from processes.engine.tasks.orphans import is_orphan
    from processes.unit_of_work import unit_of_work
    from workers.enqueue import open_session

    with open_session() as session:
        if not is_orphan(session, task):
            refuse(f"{task}: there is no such open task that nobody can do")
        try:
            give_to_group(session, task, group, by=me(), reason=reason)
        except (LookupError, TaskClosedError):
            refuse(f"{task}: there is no such open task")
        except MayNotError:
            refuse(f"{group}: cannot have this task")
        unit_of_work(session).commit()
    click.echo(f"{task}  {group}")


@tasks.command("complete")
@click.argument("task", type=click.UUID)
@VARIABLES
@JSON
def tasks_complete(task: UUID, *, variables: str, as_json: bool) -> None:
    """Complete an open task with these variables; its form is not asked.

    Refused for what binds a company: a declaration, a consent, a claim, an objection.

    Exits with 1 when it is not open, or when its step fails.
    """
    from sqlalchemy.orm import joinedload

    from app.cli.sessions import open_session
    from forms.registry import form_of
    from processes.engine.deployment.definitions import specification_of
    from processes.engine.execution.events.persons import PersonVariableError, refuse_persons
    from processes.engine.execution.instances import (
        TaskNotOpenError,
        UnknownTaskError,
        complete_user_task,
    )
    from processes.engine.execution.steps import StepFailedError
    from processes.engine.store.models import UserTask
    from processes.unit_of_work import unit_of_work

    given = json_object(variables)
    with open_session() as session:
        found = session.get(UserTask, task, options=[joinedload(UserTask.instance)])
        if found is not None and form_of(found.form_key).binds is not None:
            refuse(f"{task}: only a person of the company does this, who logged in")
        try:
            if found is not None:
                refuse_persons(specification_of(session, found.instance.definition_id), given)
            complete_user_task(session, task, completed_by=me(), variables=given)
        except (TaskNotOpenError, UnknownTaskError):
            refuse(f"{task}: there is no such open task")
        except PersonVariableError as error:
            refuse(str(error))
        except StepFailedError as error:
            unit_of_work(session).commit()  # its incident tells an operator
            refuse(f"{task}: {error.incident.message} (incident {error.incident.id})")
        unit_of_work(session).commit()
    _told([{"completed": str(task)}], as_json=as_json)


def json_object(text: str) -> dict[str, Any]:
    """The variables in an option. Raises BadParameter."""
    try:
        given = read_json(text)
    except ValueError as error:
        message = f"not JSON: {error}"
        raise click.BadParameter(message, param_hint="--variables") from None
    if not isinstance(given, dict):
        message = "not a JSON object"
        raise click.BadParameter(message, param_hint="--variables")
    return given


def refuse(message: str) -> NoReturn:
    """Say on the error stream why nothing happened, and exit with 1."""
    click.echo(message, err=True)
    sys.exit(1)


def _told(rows: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(rows[0], ensure_ascii=False))
        return
    for value in rows[0].values():
        click.echo("  ".join(value) if isinstance(value, list) else value)


def register(main: click.Group) -> None:
    """Add these commands to the command line."""
    for command in (messages, signals, tasks):
        main.add_command(command)
