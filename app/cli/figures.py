"""The command `loket figures`: verify the counts that are kept of what ended, or count anew."""

import sys

import click

# Imports stand in the commands, as in app.cli: `loket --help` starts fast.


@click.group()
def figures() -> None:
    """What workers keep of cases and jobs that ended, so that no page counts them."""


@figures.command("rebuild")
def figures_rebuild() -> None:
    """Count all that ended anew, in one transaction."""
    from app.cli.sessions import open_session
    from processes.engine.insight import case_figures, counts
    from processes.unit_of_work import unit_of_work

    with open_session() as session:
        counts.rebuild(session)
        case_figures.rebuild(session)
        unit_of_work(session).commit()
    click.echo("counted anew")


@figures.command("verify")
def figures_verify() -> None:
    """Compare what is kept with the tables; ends with 1 when they differ."""
    from app.cli.sessions import open_session
    from processes.engine.insight import case_figures, counts

    with open_session() as session:
        wrong = [*counts.differences(session), *case_figures.differences(session)]
    for line in wrong:
        click.echo(line, err=True)
    if wrong:
        click.echo("`loket figures rebuild` counts anew", err=True)
        sys.exit(1)
    click.echo("what is kept is what the tables say")


def register(main: click.Group) -> None:
    """Add the group to `loket`."""
    main.add_command(figures)
