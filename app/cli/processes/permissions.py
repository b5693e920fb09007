"""The commands `loket processes permissions …`: who may do what with which process."""

import sys
from typing import TYPE_CHECKING

import click

from app.cli.operations import JSON, me, show
from app.cli.outside.sending import refuse

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from processes.engine.store.permission_models import Right

# Imports stand in the commands, as in app.cli: `loket --help` starts fast.

RIGHTS = click.Choice(["see", "edit", "approve", "deploy", "operate"])
KEY = click.argument("key")
RIGHT = click.argument("right", type=RIGHTS)
PERSON = click.argument("person")


@click.group()
def permissions() -> None:
    """Who may see, edit, approve, deploy or operate which process, beside the roles.

    A right for which nobody is named is that of everybody with its role.
    """


@permissions.command("list")
@click.argument("key", required=False)
@JSON
def permissions_list(key: str | None, *, as_json: bool) -> None:
    """List who is named, of one process or of all."""
    from processes.engine.deployment.permissions import named_for
    from processes.platform.database import open_reading_session

    with open_reading_session() as session:
        rows = [
            {
                "process": each.process_key,
                "right": str(each.right),
                "person": each.person,
                "name": each.name,
                "granted_by": each.granted_by,
            }
            for each in named_for(session, key)
        ]
    show(rows, "nobody is named: the roles say who may", as_json=as_json)


@permissions.command("people")
@RIGHT
@JSON
def permissions_people(right: str, *, as_json: bool) -> None:
    """List who can be named for RIGHT: who has signed in with its role."""
    from processes.engine.deployment.permissions import candidates
    from processes.engine.store.permission_models import Right
    from processes.platform.database import open_reading_session

    with open_reading_session() as session:
        found = candidates(session, Right(right))
        rows = [{"person": each.reference, "name": each.name} for each in found]
    show(rows, "nobody with this role has signed in", as_json=as_json)


@permissions.command("grant")
@KEY
@RIGHT
@PERSON
def permissions_grant(key: str, right: str, person: str) -> None:
    """Name PERSON (a user reference, as `staff:…`) for RIGHT of the process KEY."""
    _change(key, right, person, is_granted=True)


@permissions.command("revoke")
@KEY
@RIGHT
@PERSON
def permissions_revoke(key: str, right: str, person: str) -> None:
    """Name PERSON no more; after the last one everybody with the role may again."""
    _change(key, right, person, is_granted=False)


def _change(key: str, right: str, person: str, *, is_granted: bool) -> None:
    from processes.engine.deployment.permissions import NoSuchPersonError, named_for, set_named
    from processes.engine.store.permission_models import Right
    from workers.enqueue import open_session

    with open_session() as session:
        _refuse_unknown(session, key)
        now = {each.person for each in named_for(session, key) if each.right == right}
        wanted = now | {person} if is_granted else now - {person}
        try:
            before, after = set_named(session, key, Right(right), wanted, by=me())
        except NoSuchPersonError:
            refuse(f"{person}: nobody with this reference and the role of {right} has signed in")
        if wanted == now:
            click.echo("nothing changed")
            sys.exit(0)
        _record(session, key, Right(right), before, after)
    click.echo(f"{key}  {right}  {', '.join(after) or 'everybody with the role'}")


def _refuse_unknown(session: "Session", key: str) -> None:
    from processes.engine.deployment.definitions import latest_of
    from processes.engine.deployment.permissions import named_for

    if latest_of(session, key) is None and not named_for(session, key):
        refuse(f"{key}: no process with this key is deployed")


def _record(
    session: "Session", key: str, right: "Right", before: list[str], after: list[str]
) -> None:
    from processes.register.changes import record_event
    from processes.unit_of_work import unit_of_work

    record_event(
        session,
        "process-permissions-changed",
        actor=me(),
        subject=f"process:{key}",
        kind=str(right),
        before=", ".join(before) or None,
        after=", ".join(after) or None,
    )
    unit_of_work(session).commit()


def register(group: click.Group) -> None:
    """Add these commands to `loket processes`."""
    group.add_command(permissions)
