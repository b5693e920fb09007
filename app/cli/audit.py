"""The command `loket audit`: verify the audit trail, its checkpoints, an export."""

import re
import sys
from pathlib import Path

import click

from app.cli.command_settings import checked_settings
from app.cli.manual import Manual

# Imports stand in the commands, as in app.cli: `loket --help` starts fast.

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group(cls=Manual)
def audit() -> None:
    """The audit trail: an append-only hash chain with signed checkpoints."""


@audit.command("verify")
@click.option("--key", "keys", multiple=True, type=FILE, help="Also a key (PEM) of before.")
@click.option("--checkpoints", type=FILE, help="Lines that `loket audit checkpoints` wrote.")
def audit_verify(keys: tuple[Path, ...], checkpoints: Path | None) -> None:
    """Compare every event with the chain, and the chain with its checkpoints.

    Ends with 1 and names each event that was changed, taken out or put in between, the first of
    the chain first. Checkpoints that were kept outside the database tell whether the end of the
    chain was cut off.
    """
    from app.cli.sessions import open_session
    from processes.register.audit.checkpoints import AuditKeyError, Checkpoint, public_key
    from processes.register.audit.verifying import verify

    own = checked_settings().audit_key
    try:
        trusted = [public_key(file) for file in (*keys, *([own] if own else []))]
        lines = checkpoints.read_text("utf-8").splitlines() if checkpoints else []
        outside = [Checkpoint.from_line(line) for line in lines if line.strip()]
    except (AuditKeyError, ValueError) as error:
        click.echo(error, err=True)
        sys.exit(2)
    with open_session() as session:
        found = verify(session, trusted, outside)
    for line in found.broken:
        click.echo(line, err=True)
    click.echo(
        f"{found.links} events in the chain, {found.waiting} wait for it; "
        f"{found.checkpoints} checkpoints"
    )
    if found.unknown_keys:
        click.echo(f"{found.unknown_keys} of them by a key that is not given: --key FILE", err=True)
    if found.broken:
        sys.exit(1)
    click.echo("the trail is as it was written")


@audit.command("checkpoints")
def audit_checkpoints() -> None:
    """Write all checkpoints, a line of JSON each, to be kept outside the database."""
    from app.cli.sessions import open_session
    from processes.register.audit.checkpoints import kept

    with open_session() as session:
        for each in kept(session):
            click.echo(each.as_line())


@audit.command("sign")
def audit_sign() -> None:
    """Make the checkpoint of today now; the workers do so once a day."""
    from app.cli.sessions import open_session
    from processes.register.audit.checkpoints import AuditKeyError, private_key, sign
    from processes.unit_of_work import unit_of_work

    file = checked_settings().audit_key
    if file is None:
        message = "LOKET_AUDIT_KEY is not set: openssl genpkey -algorithm ed25519 makes a key"
        click.echo(message, err=True)
        sys.exit(2)
    try:
        key = private_key(file)
    except AuditKeyError as error:
        click.echo(error, err=True)
        sys.exit(2)
    with open_session() as session:
        made = sign(session, key)
        unit_of_work(session).commit()
    click.echo(made.as_line() if made else "nothing to sign: today has its checkpoint")


@audit.command("export")
@click.argument("kvk")
def audit_export(kvk: str) -> None:
    """Write the trail of a company as JSON, with the link of each event.

    Logins have the authentication context that registers of Dutch municipalities keep (source,
    levelOfAssurance, authorizee, representee). The export is itself an event.
    """
    from app.cli.operations import me
    from app.cli.sessions import open_session
    from app.registrar.trail_export import trail_json
    from processes.register.changes import record_event
    from processes.unit_of_work import unit_of_work

    if not re.fullmatch(r"[0-9]{8}", kvk):
        click.echo(f"{kvk}: a KvK number has eight digits", err=True)
        sys.exit(2)
    with open_session() as session:
        click.echo(trail_json(session, kvk))
        record_event(session, "trail-exported", actor=me(), kvk=kvk)
        unit_of_work(session).commit()


def register(main: click.Group) -> None:
    """Add the group to `loket`."""
    main.add_command(audit)
