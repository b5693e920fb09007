"""The command `loket figures`: verify the counts that are kept, or count anew."""

import sys

import click

# Imports stand in the commands, as in app.cli: `loket --help` starts fast.


@click.group()
def figures() -> None:
    """What workers keep of cases and jobs that ended and of the catalogue: no page counts them."""


@figures.command("rebuild")
def figures_rebuild() -> None:
    """Count all that ended and the catalogue anew, in one transaction."""
    from app.cli.sessions import open_session
    from processes.engine.insight import case_figures, counts, running_figures
    from processes.register.search import kept_counts
    from processes.unit_of_work import unit_of_work

    with open_session() as session:
        counts.rebuild(session)
        case_figures.rebuild(session)
        running_figures.rebuild(session)
        kept_counts.rebuild(session)
        unit_of_work(session).commit()
    click.echo("counted anew")


@figures.command("verify")
def figures_verify() -> None:
    """Compare what is kept with the tables; ends with 1 when they differ."""
    from app.cli.sessions import open_session
    from processes.engine.insight import case_figures, counts, running_figures
    from processes.register.search import kept_counts

    with open_session() as session:
        kept = (counts, case_figures, running_figures, kept_counts)
        wrong = [line for each in kept for line in each.differences(session)]
    for line in wrong:
        click.echo(line, err=True)
    if wrong:
        click.echo("`loket figures rebuild` counts anew", err=True)
        sys.exit(1)
    click.echo("what is kept is what the tables say")


def register(main: click.Group) -> None:
    """Add the group to `loket`."""
    main.add_command(figures)
