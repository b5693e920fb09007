"""The commands `loket openings …`: programs outside that may send messages and start processes."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from app.cli.operations import JSON, me, show
from app.cli.outside.sending import refuse
from app.cli.typed_text import LINE

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from processes.engine.store.opening_models import Opening

# Imports stand in the commands, as in app.cli: `loket --help` starts fast.

NAME = click.argument("name", type=LINE)


@click.group()
def openings() -> None:
    """Programs outside that may send messages, start processes, or fetch jobs (the API)."""


@openings.command("add")
@NAME
@click.option("--message", "messages", multiple=True, type=LINE, help="A message it may send.")
@click.option("--signal", "signals", multiple=True, type=LINE, help="A signal it may send.")
@click.option("--process", "processes", multiple=True, type=LINE, help="Key it may start.")
@click.option("--group", "groups", multiple=True, type=LINE, help="Group whose tasks it may do.")
@click.option("--topic", "topics", multiple=True, type=LINE, help="Topic whose jobs it may fetch.")
@click.option("--offers", is_flag=True, help="It manages the activities of its company.")
@click.option("--tenant", help="KvK number of the only company that it speaks for.")
@click.option(
    "--per-minute", type=int, help="Requests a minute at most: 60, with topics 6,000 by default."
)
@JSON
def openings_add(name: str, *, as_json: bool, **rights: Any) -> None:
    """Make an opening, and show its secret: now, and never again."""
    from processes.engine.openings.clients import OpeningError, Rights, make

    with _session() as session:
        try:
            opening, token = make(session, name, Rights(**rights), by=me())
        except OpeningError as error:
            refuse(f"{name}: {error}")
        _committed(session, "opening-made", opening)
        _tell_secret(opening, token, as_json=as_json)


@openings.command("list")
@JSON
def openings_list(*, as_json: bool) -> None:
    """List the openings, without their secrets."""
    from processes.engine.openings.clients import openings as all_openings
    from processes.platform.database import open_reading_session

    with open_reading_session() as session:
        rows = [
            {
                "name": each.name,
                "enabled": each.enabled,
                "tenant": each.tenant,
                "per_minute": each.per_minute,
                "messages": ",".join(each.messages),
                "signals": ",".join(each.signals),
                "processes": ",".join(each.processes),
                "groups": ",".join(each.groups),
                "topics": ",".join(each.topics),
                "offers": each.offers,
                "rotating": bool(each.previous_hash or each.previous_signing_key),
                "signs": each.signing_key is not None,
                "last_used_at": each.last_used_at.isoformat() if each.last_used_at else None,
                "created_by": each.created_by,
            }
            for each in all_openings(session)
        ]
    show(rows, "no openings", as_json=as_json)


@openings.command("rotate")
@NAME
@JSON
def openings_rotate(name: str, *, as_json: bool) -> None:
    """Show a new secret; the old one stays valid until `loket openings expire`."""
    from processes.engine.openings.clients import rotate

    with _changing(name) as (session, opening):
        token = rotate(session, opening)
        _committed(session, "opening-rotated", opening)
        _tell_secret(opening, token, as_json=as_json)


@openings.command("sign")
@NAME
@JSON
def openings_sign(name: str, *, as_json: bool) -> None:
    """Show a new key for signed requests; the old one stays valid until `loket openings expire`."""
    from processes.engine.openings.access import new_signing_key

    with _changing(name) as (session, opening):
        key = new_signing_key(session, opening)
        _committed(session, "opening-signing-key-made", opening)
        told = {"name": name, "keyid": opening.id.hex, "key": key}
        click.echo(json.dumps(told) if as_json else key)
        click.echo(f"keyid {opening.id.hex}; keep this key: it is not shown again", err=True)


@openings.command("reencrypt")
def openings_reencrypt() -> None:
    """Encrypt all signing keys with the newest LOKET_SECRET_KEY, before the old one goes."""
    from processes.engine.openings.access import encrypt_anew
    from processes.platform.encryption import UnreadableSecretError
    from processes.unit_of_work import unit_of_work

    with _session() as session:
        try:
            number = encrypt_anew(session)
        except UnreadableSecretError:
            refuse("a signing key was encrypted with a LOKET_SECRET_KEY that is set no longer")
        unit_of_work(session).commit()
    click.echo(f"{number} openings have a signing key")


@openings.command("expire")
@NAME
def openings_expire(name: str) -> None:
    """Take the secret and signing key from before a rotation out of use, and every token."""
    from processes.engine.openings.clients import end_rotation

    with _changing(name) as (session, opening):
        end_rotation(session, opening)
        _committed(session, "opening-rotation-ended", opening)
        click.echo(f"{name}: only the newest secret and signing key are valid")


@openings.command("disable")
@NAME
def openings_disable(name: str) -> None:
    """Refuse every request of an opening from now on."""
    from processes.engine.openings.clients import disable

    with _changing(name) as (session, opening):
        disable(session, opening)
        _committed(session, "opening-disabled", opening)
    click.echo(f"{name}: disabled")


@openings.command("enable")
@NAME
def openings_enable(name: str) -> None:
    """Take the requests of a disabled opening again."""
    with _changing(name) as (session, opening):
        opening.enabled = True
        _committed(session, "opening-enabled", opening)
    click.echo(f"{name}: enabled")


@contextmanager
def _changing(name: str) -> "Iterator[tuple[Session, Opening]]":
    from processes.engine.openings.clients import UnknownOpeningError, named

    with _session() as session:
        try:
            opening = named(session, name)
        except UnknownOpeningError:
            refuse(f"{name}: there is no opening with this name")
        yield session, opening


def _session() -> "Session":
    from app.cli.sessions import open_session

    return open_session()


def _committed(session: "Session", action: str, opening: "Opening") -> None:
    from processes.register.changes import record_event
    from processes.unit_of_work import unit_of_work

    subject = f"opening:{opening.name}"
    record_event(session, action, actor=me(), kvk=opening.tenant, subject=subject)
    unit_of_work(session).commit()


def _tell_secret(opening: "Opening", secret: str, *, as_json: bool) -> None:
    """On the output the secret alone, so that a script can keep it."""
    id_ = opening.id.hex
    told = {"name": opening.name, "client_id": id_, "client_secret": secret}
    click.echo(json.dumps(told) if as_json else secret)
    click.echo(f"client id {id_}; keep this secret: it is not shown again", err=True)


def register(main: click.Group) -> None:
    """Add these commands to the command line."""
    main.add_command(openings)
