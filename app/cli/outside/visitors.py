"""The commands `loket visitors …`: export and erasure of who sent a public form (AVG)."""

import json

import click

from app.cli.operations import me
from app.cli.outside.sending import refuse
from app.cli.typed_text import VISIBLE

# Imports stand in the commands, as in app.cli: `loket --help` starts fast.

WHO = click.argument("who", type=VISIBLE)


@click.group()
def visitors() -> None:
    """Visitors who sent a public form. WHO is an e-mail address, or the reference of a case."""


@visitors.command("export")
@WHO
def visitors_export(who: str) -> None:
    """Write everything that is kept of WHO, as JSON."""
    from processes.casework.visitor_data import as_json, data_of
    from processes.platform.database import open_reading_session

    with open_reading_session() as session:
        found = data_of(session, who)
        if not found:
            refuse(f"{who}: nothing is kept")
        click.echo(json.dumps(as_json(session, found), ensure_ascii=False, indent=2))


@visitors.command("erase")
@WHO
@click.option("--reason", required=True, type=VISIBLE, help="Why; it stands in the trail.")
def visitors_erase(who: str, reason: str) -> None:
    """Erase what is kept of WHO.

    A case that still runs is kept, with its form: end it first. Exits with 1 then.
    """
    from processes.casework.visitor_data import data_of, erase
    from processes.unit_of_work import unit_of_work
    from workers.enqueue import open_session

    with open_session() as session:
        found = data_of(session, who)
        if not found:
            refuse(f"{who}: nothing is kept")
        done = erase(session, found, by=me(), reason=reason)
        unit_of_work(session).commit()
    click.echo(f"erased: {done.forms} forms, {done.cases} cases, {done.mails} mails")
    if done.running:
        refuse(f"kept, for they still run: {', '.join(done.running)}")


def register(main: click.Group) -> None:
    """Add these commands to the command line."""
    main.add_command(visitors)
