"""The commands `loket breakglass …`: accounts for when no login provider answers."""

import sys
from datetime import timedelta
from io import StringIO

import click

from app.cli.operations import JSON, REASON, me, show
from app.cli.typed_text import VISIBLE

# Imports stand in the commands, as in app.cli: `loket --help` starts fast.

NAME = click.argument("name", type=VISIBLE)
ROLES = ("registrar", "process_owner", "process_approver", "process_deployer", "operator")


@click.group("breakglass")
def break_glass() -> None:
    """Log in with a password and a code, for when no login provider answers."""


@break_glass.command("make")
@NAME
@click.option(
    "--role", "roles", multiple=True, type=click.Choice(ROLES), default=["operator"],
    show_default=True, help="A role of the account; may be given more than once.",
)  # fmt: skip
@click.option(
    "--hours", type=click.IntRange(1, 24 * 366), default=24, show_default=True,
    help="After so many hours it opens nothing any more.",
)  # fmt: skip
@REASON
def make_account(name: str, roles: tuple[str, ...], hours: int, *, reason: str) -> None:
    """Make the account NAME, or make it anew, and show its password and key once.

    All staff get a mail, now and whenever somebody logs in with it at /inloggen/noodtoegang. Keep
    password and key apart: the key belongs in an authenticator app, which can scan it.
    """
    from app.auth.break_glass.accounts import make
    from app.cli.sessions import open_session
    from processes.platform.roles import Role
    from processes.unit_of_work import unit_of_work

    with open_session() as session:
        chosen, lasts = [Role(each) for each in roles], timedelta(hours=hours)
        made = make(session, name, chosen, lasts=lasts, by=me(), reason=reason)
        unit_of_work(session).commit()
    click.echo(f"name      {name}")
    click.echo(f"password  {made.password}")
    click.echo(f"key       {made.key}")
    click.echo(f"address   {made.address}")
    if picture := _qr_code(made.address, sys.stdout.encoding or "utf-8"):
        click.echo(f"\nScan it with the authenticator app:\n\n{picture}", nl=False)


def _qr_code(address: str, encoding: str) -> str:
    """The QR code in block characters; empty where the terminal cannot show those."""
    import segno

    drawn = StringIO()
    segno.make(address, error="l", micro=False).terminal(out=drawn, compact=True, border=2)
    try:
        drawn.getvalue().encode(encoding)
    except UnicodeEncodeError:
        return ""
    return drawn.getvalue()


@break_glass.command("list")
@JSON
def list_accounts(*, as_json: bool) -> None:
    """List the accounts, also those that expired."""
    from app.auth.break_glass.accounts import accounts
    from processes.platform.database import open_reading_session

    with open_reading_session() as session:
        rows = [
            {
                "name": each.name,
                "roles": " ".join(sorted(each.roles)),
                "made_by": each.made_by,
                "expires_at": each.expires_at.isoformat(timespec="seconds"),
                "locked": each.is_locked,
            }
            for each in accounts(session)
        ]
    show(rows, "there is no break-glass account", as_json=as_json)


@break_glass.command("end")
@NAME
@REASON
def end_account(name: str, *, reason: str) -> None:
    """Delete the account NAME, and end the sessions of whoever is logged in with it."""
    from app.auth.break_glass.accounts import end
    from app.cli.sessions import open_session
    from processes.unit_of_work import unit_of_work

    with open_session() as session:
        is_ended = end(session, name, by=me(), reason=reason)
        unit_of_work(session).commit()
    if not is_ended:
        click.echo(f"{name}: there is no such account", err=True)
        sys.exit(1)
    click.echo("ended")


def register(main: click.Group) -> None:
    """Add the group to `loket`."""
    main.add_command(break_glass)
