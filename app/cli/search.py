"""The command `loket search`: make the search index of the catalogue anew, or verify it."""

import sys

import click

# Imports stand in the commands, as in app.cli: `loket --help` starts fast.


@click.group()
def search() -> None:
    """The search index of the catalogue."""


@search.command("rebuild")
def search_rebuild() -> None:
    """Make the index and its vocabulary anew, in one transaction.

    Offers write their part of the index themselves; this is for after a restore of a part, or
    when `loket search verify` finds something. Visitors search the old index meanwhile.
    """
    from app.cli.sessions import open_session
    from processes.register.offers.search.indexing import rebuild
    from processes.unit_of_work import unit_of_work

    with open_session() as session:
        number = rebuild(session)
        unit_of_work(session).commit()
    click.echo(f"{number} offers indexed")


@search.command("verify")
def search_verify() -> None:
    """Compare the index with the offers; ends with 1 when they differ."""
    from app.cli.sessions import open_session
    from processes.register.offers.search.indexing import verify

    with open_session() as session:
        wrong = verify(session)
    for offer_id in wrong:
        click.echo(f"not as indexed: {offer_id}", err=True)
    if wrong:
        click.echo("`loket search rebuild` makes the index anew", err=True)
        sys.exit(1)
    click.echo("the index is what the offers say")


def register(main: click.Group) -> None:
    """Add the group to `loket`."""
    main.add_command(search)
