"""The commands `loket webhooks …`: where messages may go, what was sent, and sending it again."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from app.cli.operations import JSON, me, show
from app.cli.outside.sending import refuse
from app.cli.typed_text import LIMIT, LINE

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from processes.webhooks.addresses import WebhookAddressError
    from processes.webhooks.models import WebhookAddress

# Imports stand in the commands, as in app.cli: `loket --help` starts fast.

NAME = click.argument("name", type=LINE)
EVENT = click.option("--event", "events", multiple=True, type=LINE, help="Type it is to get.")


@click.group()
def webhooks() -> None:
    """Messages to other systems: the addresses they may go to, and what was sent."""


@webhooks.command("add")
@NAME
@click.argument("url", type=LINE)
@EVENT
@JSON
def webhooks_add(name: str, url: str, *, events: Sequence[str], as_json: bool) -> None:
    """Allow an address, and show its secret: now, and never again.

    Diagrams know it by its name. `loket webhooks types` lists the events.
    """
    from processes.casework.webhooks import administration
    from processes.webhooks.addresses import WebhookAddressError

    with _session() as session:
        try:
            _, secret = administration.add(session, name, url, events, by=me())
        except WebhookAddressError as error:
            refuse(f"{name}: {_in_english(error)}")
        _commit(session)
    _tell_secret(name, secret, as_json=as_json)


@webhooks.command("list")
@JSON
def webhooks_list(*, as_json: bool) -> None:
    """List the addresses, without their secrets."""
    from processes.casework.webhooks import webhook_log
    from processes.platform.database import open_reading_session
    from processes.webhooks.addresses import addresses, events_of

    with open_reading_session() as session:
        counts = webhook_log.counts(session, most=None)
        rows = [
            {
                "name": each.name,
                "url": each.url,
                "enabled": each.enabled,
                "disabled_because": each.disabled_because,
                "events": ",".join(sorted(events_of(session, each.id))),
                "rotating": each.previous_secret is not None,
                "created_by": each.created_by,
                **{state.value: counts.get((each.id, state), 0) for state in webhook_log.State},
            }
            for each in addresses(session)
        ]
    show(rows, "no webhook addresses", as_json=as_json)


@webhooks.command("types")
@JSON
def webhooks_types(*, as_json: bool) -> None:
    """List the events that an address may get."""
    from processes.webhooks.events import EVENTS

    show([{"type": each, "name": name} for each, name in EVENTS.items()], "", as_json=as_json)


@webhooks.command("events")
@NAME
@EVENT
def webhooks_events(name: str, *, events: Sequence[str]) -> None:
    """Send these events to an address from now on, and no others."""
    from processes.casework.webhooks import administration
    from processes.webhooks.addresses import WebhookAddressError

    with _changing(name) as (session, address):
        try:
            administration.subscribe(session, address, events, by=me())
        except WebhookAddressError as error:
            refuse(f"{name}: {_in_english(error)}")
    click.echo(f"{name}: {len(set(events))} events")


@webhooks.command("secret")
@NAME
@JSON
def webhooks_secret(name: str, *, as_json: bool) -> None:
    """Show a new secret; until `loket webhooks expire` the one before signs too."""
    from processes.casework.webhooks import administration

    with _changing(name) as (session, address):
        secret = administration.rotate(session, address, by=me())
    _tell_secret(name, secret, as_json=as_json)


@webhooks.command("expire")
@NAME
def webhooks_expire(name: str) -> None:
    """Sign with the newest secret only."""
    from processes.casework.webhooks import administration

    with _changing(name) as (session, address):
        administration.end_rotation(session, address, by=me())
    click.echo(f"{name}: only the newest secret signs")


@webhooks.command("disable")
@NAME
def webhooks_disable(name: str) -> None:
    """Send nothing to an address from now on."""
    from processes.casework.webhooks import administration

    with _changing(name, of_companies=True) as (session, address):
        administration.disable(session, address, by=me())
    click.echo(f"{name}: disabled")


@webhooks.command("enable")
@NAME
def webhooks_enable(name: str) -> None:
    """Send to a disabled address again, first what still waits; allow that of a company."""
    from processes.casework.webhooks import administration

    with _changing(name, of_companies=True) as (session, address):
        administration.enable(session, address, by=me())
        stand = address.disabled_because or "enabled"  # of a company: until it is confirmed
    click.echo(f"{name}: {stand}")


@webhooks.command("ping")
@NAME
def webhooks_ping(name: str) -> None:
    """Send a test message, by a job as all others."""
    from processes.casework.webhooks import administration

    with _changing(name) as (session, address):
        if administration.ping(session, address, by=me()) is None:
            refuse(f"{name}: it is disabled")
    click.echo(f"{name}: a test message is on its way; see loket webhooks deliveries")


@webhooks.command("deliveries")
@click.option("--address", type=LINE, help="Only to this address.")
@click.option("--state", help="waiting, sending, delivered or failed.")
@LIMIT
@JSON
def webhooks_deliveries(
    *, address: str | None, state: str | None, limit: int, as_json: bool
) -> None:
    """List what was sent or waits, the newest first; of an answer never its text."""
    from processes.casework.webhooks import webhook_log
    from processes.platform.database import open_reading_session
    from processes.webhooks.addresses import addresses

    if state is not None and state not in set(webhook_log.State):
        refuse(f"{state}: a state is one of {', '.join(webhook_log.State)}")
    with open_reading_session() as session:
        ids = {each.name: each.id for each in addresses(session)}
        if address is not None and address not in ids:
            refuse(f"{address}: there is no address with this name")
        address_id = ids[address] if address is not None else None
        wanted = webhook_log.State(state) if state else None
        query = webhook_log.lines(address_id=address_id, state=wanted)
        found, _total = webhook_log.page(session, query, 1, limit)
        rows = [_row(line) for line in found]
    show(rows, "nothing was sent", as_json=as_json)


@webhooks.command("replay")
@click.argument("number", type=click.IntRange(1, 2**63 - 1), required=False)
@click.option("--failed", type=LINE, help="All that failed at this address, in their order.")
def webhooks_replay(number: int | None, *, failed: str | None) -> None:
    """Send message NUMBER again, or all that failed at an address; each keeps its id."""
    from processes.casework.webhooks import administration, webhook_log

    if (number is None) == (failed is None):
        refuse("give a number, or --failed with the name of an address")
    if failed is not None:
        with _changing(failed) as (session, address):
            count = administration.send_failed_again(session, address, by=me())
        click.echo(f"{failed}: {count} are sent again")
        return
    with _session() as session:
        line = webhook_log.line(session, number or 0)
        if line is None or not administration.send_again(session, line, by=me()):
            refuse(f"{number}: there is no such message that can be sent again")
        _commit(session)
    click.echo(f"{number}: sent again")


@webhooks.command("reencrypt")
def webhooks_reencrypt() -> None:
    """Store the secrets under the newest LOKET_SECRET_KEY, before the old one is taken away."""
    from processes.casework.webhooks import administration
    from processes.platform.encryption import UnreadableSecretError

    with _session() as session:
        try:
            count = administration.encrypt_anew(session)
        except UnreadableSecretError:
            refuse("a secret cannot be read: set LOKET_SECRET_KEY_BEFORE, or make a new secret")
        _commit(session)
    click.echo(f"{count} addresses")


def _row(line: Any) -> dict[str, Any]:
    delivery, job = line.delivery, line.job
    return {
        "number": delivery.number,
        "address": line.address,
        "type": delivery.event_type,
        "subject": delivery.subject,
        "state": str(line.state),
        "status": delivery.status,
        "answer": delivery.answer,
        "attempts": job.attempts if job else 0,
        "at": delivery.at.isoformat(timespec="seconds"),
        "id": str(delivery.event_id),
    }


@contextmanager
def _changing(
    name: str, *, of_companies: bool = False
) -> "Iterator[tuple[Session, WebhookAddress]]":
    from processes.webhooks.addresses import UnknownAddressError, named

    with _session() as session:
        try:
            address = named(session, name)
        except UnknownAddressError:
            refuse(f"{name}: there is no address with this name")
        if address.tenant is not None and not of_companies:
            refuse(f"{name}: it is of a company, which does this itself")
        yield session, address
        _commit(session)


def _session() -> "Session":
    import workers.handlers  # noqa: F401 - how often a job is tried
    from workers.enqueue import open_session

    return open_session()


def _commit(session: "Session") -> None:
    from processes.unit_of_work import unit_of_work

    unit_of_work(session).commit()


def _in_english(error: "WebhookAddressError") -> str:
    from processes.webhooks import destinations as d

    known = {
        d.NO_ADDRESS: "this is no web address",
        d.NO_HTTPS: "it begins with https://",
        d.TOO_MUCH: "no user name, password or # in it",
        d.ODD_PATH: "write other characters of the path as %-codes",
        d.ODD_HOST: "its host name is wrong",
        d.PRIVATE: "it is of a private network",
    }
    words = {"name": "its name is taken, empty or too long", "events": "loket webhooks types"}
    told = [known.get(text) or words.get(field, text) for field, text in error.faults.items()]
    return "; ".join(told)


def _tell_secret(name: str, secret: str, *, as_json: bool) -> None:
    """On the output the secret alone, so that a script can keep it."""
    click.echo(json.dumps({"name": name, "secret": secret}) if as_json else secret)
    click.echo("keep this secret: it is not shown again", err=True)


def register(main: click.Group) -> None:
    """Add these commands to the command line."""
    main.add_command(webhooks)
