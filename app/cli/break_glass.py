"""The commands `loket breakglass …`: accounts for when no login provider answers."""

import sys
from datetime import timedelta
from io import StringIO
from typing import NoReturn

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


@break_glass.command("key")
@NAME
@click.option("--label", type=VISIBLE, default="sleutel", show_default=True, help="What to call it")
@REASON
def add_key(name: str, label: str, *, reason: str) -> None:
    """Show a link, good once and for a quarter of an hour, that adds a passkey to the account NAME.

    Open it in a browser that has the key. An account may have several; each gets a link of its own.
    """
    from app.auth.break_glass.keys import can_have_keys, link_code
    from app.cli.sessions import open_session
    from processes.platform.settings import current_settings
    from processes.register.changes import record_event
    from processes.unit_of_work import unit_of_work

    settings = current_settings()
    if not can_have_keys(settings):
        _fail(f"{settings.public_url}: browsers make passkeys for a host name with https alone")
    with open_session() as session:
        try:
            code = link_code(session, name, label)
        except LookupError:
            _fail(f"{name}: there is no such account")
        about = {"subject": f"break-glass:{name}", "label": label, "reason": reason}
        record_event(session, "break-glass-key-link", actor=me(), **about)
        unit_of_work(session).commit()
    click.echo(f"{settings.public_url.rstrip('/')}/inloggen/noodtoegang/sleutel/{code}")


@break_glass.command("keys")
@NAME
@JSON
def list_keys(name: str, *, as_json: bool) -> None:
    """List the passkeys of the account NAME."""
    from app.auth.break_glass.keys import keys_of
    from processes.platform.database import open_reading_session

    with open_reading_session() as session:
        rows = [
            {
                "label": each.label,
                "made_at": each.made_at.isoformat(timespec="seconds"),
                "used_at": each.used_at.isoformat(timespec="seconds") if each.used_at else "",
            }
            for each in keys_of(session, name)
        ]
    show(rows, f"{name} has no passkeys", as_json=as_json)


@break_glass.command("remove-key")
@NAME
@click.argument("label", type=VISIBLE)
@REASON
def remove_key(name: str, label: str, *, reason: str) -> None:
    """Delete the passkey LABEL of the account NAME."""
    from app.auth.break_glass.keys import remove
    from app.cli.sessions import open_session
    from processes.unit_of_work import unit_of_work

    with open_session() as session:
        is_removed = remove(session, name, label, by=me(), reason=reason)
        unit_of_work(session).commit()
    if not is_removed:
        _fail(f"{name}: there is no such key")
    click.echo("removed")


def _fail(message: str) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(1)


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
