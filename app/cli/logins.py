"""The command `loket logins`: who logs in for a company, ending that, and a new administrator."""

import sys

import click

from app.cli.operations import REASON, me
from app.cli.typed_text import KVK

# Imports stand in the commands, as in app.cli: `loket --help` starts fast.


@click.group()
def logins() -> None:
    """Who is logged in with eHerkenning."""


@logins.command("end")
@click.argument("kvk", type=KVK)
@REASON
def logins_end(kvk: str, *, reason: str) -> None:
    """End all sessions of a KvK number at once (R18b); they must log in anew.

    eHerkenning tells us of a withdrawn mandate at the next login alone.
    """
    from app.cli.sessions import open_session
    from processes.register.changes import record_event
    from processes.register.providers.web_sessions import end_all_of
    from processes.unit_of_work import unit_of_work

    with open_session() as session:
        count = end_all_of(session, kvk)
        record_event(session, "sessions-ended", actor=me(), kvk=kvk, reason=reason, count=count)
        unit_of_work(session).commit()
    click.echo(f"{count} ended")


@logins.command("list")
@click.argument("kvk", type=KVK)
def logins_list(kvk: str) -> None:
    """The people who log in for a KvK number: label, right, name, last login."""
    from app.cli.sessions import open_session
    from processes.register.providers.people import people_of

    with open_session() as session:
        for one in people_of(session, kvk):
            right = "ended" if one.ended_at else one.right.value
            last = f"{one.last_login_at:%Y-%m-%d}"
            click.echo("\t".join([one.label, right, one.name or "", last]))


@logins.command("administrator")
@click.argument("kvk", type=KVK)
@click.argument("label")
@REASON
def logins_administrator(kvk: str, label: str, *, reason: str) -> None:
    """Make somebody ("medewerker 2") administrator of a KvK number whose own one is gone.

    Only after the company asked for it in writing, by who may sign for it.
    """
    from app.cli.sessions import open_session
    from processes.register.changes import record_event
    from processes.register.providers import people
    from processes.unit_of_work import unit_of_work

    with open_session() as session:
        person = next((one for one in people.people_of(session, kvk) if one.label == label), None)
        if person is None:
            click.echo(f"{label}: nobody of {kvk} has this label; see loket logins list", err=True)
            sys.exit(1)
        people.restore_access(session, person, by=me())
        people.change_right(session, person, people.Right.ADMINISTRATOR, by=me())
        record_event(
            session, "administrator-made", actor=me(), kvk=kvk, person=label, reason=reason
        )
        unit_of_work(session).commit()
    click.echo(f"{label} is administrator")


def register(main: click.Group) -> None:
    """Add the group to `loket`."""
    main.add_command(logins)
