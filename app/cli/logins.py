"""The command `loket logins`: end the web sessions of a company whose mandate was withdrawn."""

import re
import sys

import click

from app.cli.operations import REASON, me

# Imports stand in the commands, as in app.cli: `loket --help` starts fast.


@click.group()
def logins() -> None:
    """Who is logged in with eHerkenning."""


@logins.command("end")
@click.argument("kvk")
@REASON
def logins_end(kvk: str, *, reason: str) -> None:
    """End all sessions of a KvK number at once (R18b); they must log in anew.

    eHerkenning tells us of a withdrawn mandate at the next login alone.
    """
    from app.auth.sessions import end_all_of
    from app.cli.sessions import open_session
    from processes.register.changes import record_event
    from processes.unit_of_work import unit_of_work

    if not re.fullmatch(r"[0-9]{8}", kvk):
        click.echo(f"{kvk}: a KvK number has eight digits", err=True)
        sys.exit(2)
    with open_session() as session:
        count = end_all_of(session, kvk)
        record_event(session, "sessions-ended", actor=me(), kvk=kvk, reason=reason, count=count)
        unit_of_work(session).commit()
    click.echo(f"{count} ended")


def register(main: click.Group) -> None:
    """Add the group to `loket`."""
    main.add_command(logins)
