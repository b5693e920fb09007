"""The command `loket processes test`: runs scenarios."""

import sys
from collections.abc import Sequence
from pathlib import Path

import click

BPMN = Path("bpmn")


@click.command("test")
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--scenarios",
    "folder",
    default=BPMN / "scenarios",
    show_default=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder with scenarios, as YAML.",
)
def processes_test(files: Sequence[Path], folder: Path) -> None:
    """Run the scenarios of processes on diagrams (all of bpmn/ unless named).

    Nothing is sent, and no database is touched. Exits with 1 when a scenario ends in another way
    than it says.
    """
    from app.cli.processes.scenario_report import run_files
    from processes.tryout.scenarios.scenario import BadScenarioError

    try:
        tested = run_files(files or sorted(BPMN.glob("*.bpmn")), folder)
    except BadScenarioError as error:
        click.echo(error.reason, err=True)
        sys.exit(1)
    for each in tested:
        click.echo("\n".join(each.lines()))
    sys.exit(0 if all(each.passes for each in tested) else 1)


def register(group: click.Group) -> None:
    """Add the command to `loket processes`."""
    group.add_command(processes_test)
