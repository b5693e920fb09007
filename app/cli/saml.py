"""`loket saml`: what brokers of eHerkenning ask of us, and what we know of them."""

import sys

import click

from app.cli.command_settings import checked_settings
from app.cli.manual import Manual


@click.group(cls=Manual)
def saml() -> None:
    """Logging in with eHerkenning by SAML."""


@saml.command("metadata")
def metadata() -> None:
    """Write our signed metadata, for the broker.

    The same stands at /inloggen/saml/metadata. During a rollover it holds two certificates: those
    of LOKET_SAML_CERTIFICATE and LOKET_SAML_NEXT_CERTIFICATE.
    """
    from app.auth.attempts import LoginFaultError
    from app.auth.saml.metadata import signed_metadata

    try:
        click.echo(signed_metadata(checked_settings()))
    except LoginFaultError as error:
        click.echo(f"no metadata: {error}", err=True)
        sys.exit(1)


@saml.command("brokers")
def brokers() -> None:
    """List the brokers, as their metadata files describe them.

    Exits with 1 when a file cannot be used.
    """
    from pathlib import Path

    from app.auth.attempts import LoginFaultError
    from app.auth.saml.brokers import read_broker

    is_well, signers = True, checked_settings().saml_metadata_certificates
    for name, file in checked_settings().saml_brokers.items():
        try:
            broker = read_broker(name, Path(file), signers)
        except LoginFaultError as error:
            click.echo(f"{name}: {error}", err=True)
            is_well = False
            continue
        ends = ", ".join(f"{each.not_valid_after_utc:%Y-%m-%d}" for each in broker.certificates)
        binding = broker.answers_by.rpartition(":")[2]
        click.echo(f"{name}: {broker.entity_id}\n    logs in at {broker.logs_in_at}")
        click.echo(f"    asked to answer by {binding}; certificates until {ends}")
    sys.exit(0 if is_well else 1)


def register(main: click.Group) -> None:
    """Add the commands."""
    main.add_command(saml)
