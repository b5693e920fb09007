"""The operator's commands: incidents, instances, jobs, health; as the pages under /beheer."""

import getpass
import json
import sys
import time
from typing import TYPE_CHECKING, Any, NoReturn
from uuid import UUID

import click

from app.cli.typed_text import LIMIT, LINE, VISIBLE

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from processes.engine.store.retry_models import RetryRun

# Imports stand in the commands, as in app.cli: `loket --help` starts fast.

REASON = click.option(
    "--reason", required=True, type=VISIBLE, help="Why; it is kept with what was done."
)
JSON = click.option("--json", "as_json", is_flag=True, help="As JSON, for other programs.")


@click.group()
def incidents() -> None:
    """What stopped and needs a person."""


@incidents.command("list")
@JSON
def incidents_list(*, as_json: bool) -> None:
    """List the causes of open incidents, the latest first."""
    from app.operations.groups import groups

    with _reading() as session:
        rows = [
            {
                "cause": group.cause,
                "count": group.count,
                "first": group.first.isoformat(timespec="seconds"),
                "last": group.last.isoformat(timespec="seconds"),
                "kind": group.example.kind,
                "element": group.example.element_id,
                "message": group.example.message,
            }
            for group in groups(session)
        ]
    show(rows, "no open incidents", as_json=as_json)


@incidents.command("retry")
@click.argument("cause")
@click.option("--all", "all_at_once", is_flag=True, help="All at once, without trying one first.")
@click.option("--wait", default=60.0, show_default=True, help="Seconds to wait for outcomes.")
def incidents_retry(cause: str, *, all_at_once: bool, wait: float) -> None:
    """Try again: one first, and the rest only if it truly succeeds.

    CAUSE is what `loket incidents list` shows, or the id of one incident. Exits with 1 unless
    all succeeded while we waited.
    """
    from app.operations.groups import retry_cause
    from processes.engine.store.retry_models import RetryMode

    mode = RetryMode.ALL if all_at_once else RetryMode.ONE_FIRST
    with _session() as session:
        run = retry_cause(session, cause, mode=mode, by=me()) or _retried(session, cause)
        _tell_of(session, run, wait)


@click.group()
def instances() -> None:
    """Running and ended process instances."""


@instances.command("list")
@click.option("--process", help="Only of this process.")
@click.option("--status", help="active, suspended, completed or cancelled.")
@click.option("--find", type=LINE, help="Business key or tenant.")
@LIMIT
@JSON
def instances_list(
    *, process: str | None, status: str | None, find: str | None, limit: int, as_json: bool
) -> None:
    """List instances, the newest first."""
    from app.operations.cases.filter import InstanceFilter

    words = {"proces": process or "", "status": status or "", "zoek": find or ""}
    with _reading() as session:
        query = InstanceFilter.read(words).query().limit(limit)
        rows = [
            {
                "id": str(one.id),
                "process": f"{one.process_key} {one.definition.version}",
                "business_key": one.business_key,
                "status": str(one.status),
                "started": one.started_at.isoformat(timespec="seconds"),
            }
            for one in session.scalars(query)
        ]
    show(rows, "no instances", as_json=as_json)


@instances.command("show")
@click.argument("instance", type=click.UUID)
def instances_show(instance: UUID) -> None:
    """Say where an instance waits and why, and what happened in it."""
    from processes.engine.insight.history import entries
    from processes.engine.insight.why_waiting import why_waiting
    from processes.engine.store.models import ProcessInstance

    with _reading() as session:
        one = session.get(ProcessInstance, instance) or _unknown(instance)
        click.echo(f"{one.process_key}  {one.business_key or '-'}  {one.status}")
        for step in entries(session, instance):
            ended = f"{step.left_at:%Y-%m-%d %H:%M}" if step.left_at else "now"
            click.echo(f"  {step.entered_at:%Y-%m-%d %H:%M} - {ended}  {step.name}")
        for waiting in why_waiting(session, instance):
            click.echo(f"  {waiting.name}: {waiting.sentence}")


def _changing(name: str, change: str, help_text: str) -> None:
    @instances.command(name, help=help_text)
    @click.argument("instance", nargs=-1, required=True, type=click.UUID)
    @REASON
    def command(instance: tuple[UUID, ...], reason: str) -> None:
        from app.operations.changes import CHANGES, change_all

        with _session() as session:
            outcomes = change_all(session, CHANGES[change], instance, by=me(), reason=reason)
            for outcome in outcomes:
                word = "done" if outcome.is_done else "refused"
                click.echo(f"{word}  {outcome.instance.id}  is {outcome.instance.status}")
        sys.exit(0 if all(outcome.is_done for outcome in outcomes) else 1)


_changing("suspend", "stilzetten", "Hold instances where they are.")
_changing("resume", "hervatten", "Let suspended instances go on.")
_changing("cancel", "stoppen", "End instances for good.")


@click.group()
def jobs() -> None:
    """Background jobs."""


@jobs.command("list")
@click.option("--topic", help="Only with this topic.")
@click.option("--status", help="new, leased, done, failed or cancelled.")
@LIMIT
@JSON
def jobs_list(*, topic: str | None, status: str | None, limit: int, as_json: bool) -> None:
    """List jobs, the newest first."""
    from app.operations.jobs import JobFilter

    words = {"onderwerp": topic or "", "status": status or ""}
    with _reading() as session:
        rows = [
            {
                "id": str(job.id),
                "topic": job.topic,
                "status": str(job.status),
                "attempts": f"{job.attempts}/{job.max_attempts}",
                "due": job.due_at.isoformat(timespec="seconds"),
                "error": job.last_error,
            }
            for job in session.scalars(JobFilter.read(words).query().limit(limit))
        ]
    show(rows, "no jobs", as_json=as_json)


@jobs.command("retry")
@click.argument("job", type=click.UUID)
@click.option("--wait", default=60.0, show_default=True, help="Seconds to wait for the outcome.")
def jobs_retry(job: UUID, wait: float) -> None:
    """Try a failed job again, and say whether it truly succeeded."""
    from sqlalchemy import select

    from app.operations.groups import retry
    from processes.engine.store.models import Incident, IncidentStatus

    with _session() as session:
        query = select(Incident).where(Incident.job_id == job)
        found = session.scalars(query.where(Incident.status == IncidentStatus.OPEN)).first()
        _tell_of(session, retry(session, found or _unknown(job), by=me()), wait)


@click.command()
@JSON
def health(*, as_json: bool) -> None:
    """Ask every system around Loket how it is; makes nothing.

    Exits with 1 when one of them is not well.
    """
    from app.cli.command_settings import looking_settings
    from workers.health import check_now

    answers = check_now(looking_settings())
    rows = [
        {"system": name, "well": answer.is_well, "detail": answer.detail}
        for name, answer in answers.items()
    ]
    show(rows, "", as_json=as_json)
    sys.exit(0 if all(answer.is_well for answer in answers.values()) else 1)


def register(main: click.Group) -> None:
    """Add these commands to the command line."""
    for command in (incidents, instances, jobs, health):
        main.add_command(command)


def _retried(session: "Session", words: str) -> "RetryRun":
    """A run for the one open incident with this id."""
    from app.operations.groups import retry
    from processes.engine.store.models import Incident, IncidentStatus

    try:
        one = session.get(Incident, UUID(words))
    except ValueError:
        one = None
    if one is None or one.status is not IncidentStatus.OPEN:
        _unknown(words)
    return retry(session, one, by=me())


def _tell_of(session: "Session", run: "RetryRun", wait: float) -> None:
    from processes.engine.repair.retries import retried_incidents
    from processes.engine.store.retry_models import RetryOutcome

    _wait_for(session, run, wait)
    found = retried_incidents(session, run.id)
    for each in found:
        item = each.item
        click.echo(f"{item.outcome}  {item.incident_id}  {each.remark}".rstrip())
    sys.exit(0 if all(each.item.outcome is RetryOutcome.SUCCEEDED for each in found) else 1)


def _wait_for(session: "Session", run: "RetryRun", wait: float) -> None:
    """Look every second what became of it; the workers do the work."""
    from processes.engine.repair.retries import Turn, advance
    from processes.unit_of_work import unit_of_work

    deadline = time.monotonic() + wait
    while (turn := advance(session, run.id)) is not Turn.ENDED:
        unit_of_work(session).commit()
        if time.monotonic() > deadline:
            return
        if turn is Turn.LATER:
            time.sleep(1)
    unit_of_work(session).commit()


def show(rows: list[dict[str, Any]], nothing: str, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        values = ("-" if value is None else str(value) for value in row.values())
        click.echo("  ".join(" ".join(value.split()) for value in values))
    if not rows:
        click.echo(nothing)


def _unknown(what: object) -> NoReturn:
    click.echo(f"{what}: there is no such thing, or nothing to do for it", err=True)
    sys.exit(1)


def me() -> str:
    return f"{getpass.getuser()} (loket)"


def _session() -> "Session":
    from app.cli.sessions import open_session

    return open_session()


def _reading() -> "Session":
    """A session that never keeps a writer waiting."""
    from processes.platform.database import open_reading_session

    return open_reading_session()
