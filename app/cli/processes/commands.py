"""The commands `loket processes …`: check, deploy, export, list, start by condition."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from app.cli.manual import Manual
from app.cli.outside.sending import json_object
from app.cli.processes import permissions, scenarios
from app.cli.typed_text import KVK, LINE, VISIBLE
from processes.reading.json_text import read_json

# Each command imports what it needs when it runs (see app/cli/main.py).


NOT_COMPARED = (
    "De database is niet te lezen. Wat al gepubliceerd is, telt in deze controle dus niet mee: "
    "een aanroep daarvan lijkt hier te ontbreken."
)


@click.group(cls=Manual)
def processes() -> None:
    """Process definitions: BPMN diagrams."""


@processes.command("check")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Findings as JSON, for other programs.")
@click.option("--draft", is_flag=True, help="Allow what an owner may still fill in.")
def processes_check(files: Sequence[Path], *, as_json: bool, draft: bool) -> None:
    """Check diagrams and decisions without deploying them; of a folder all that are in it.

    Exits with 1 when a diagram has a fault that keeps it from being deployed. They may call what
    is deployed already and name its webhook addresses, where the database can be read; without it,
    each other.
    """
    from app.cli.processes.diagrams import check_files, files_in, known_here

    known = known_here()
    report = check_files(files_in(files), draft=draft, known=known)
    click.echo(report.as_json() if as_json else report.as_text())
    if known is None and not as_json:
        click.echo(NOT_COMPARED)
    sys.exit(0 if report.accepted else 1)


@processes.command("deploy")
@click.argument(
    "folder",
    default=Path("bpmn"),
    type=click.Path(exists=True, file_okay=False, path_type=Path),
)
@click.option(
    "--note", default="", type=LINE, help="What changes and why; it stays with the version."
)
@click.option("--by", default="loket", type=VISIBLE, show_default=True, help="Who deploys.")
@click.option(
    "--approved-by", type=VISIBLE, help="Who else looked at it; needed with LOKET_FOUR_EYES."
)
def processes_deploy(folder: Path, note: str, by: str, approved_by: str | None) -> None:
    """Deploy the diagrams of a folder (bpmn/ unless named).

    A diagram with the same content makes no new version. One fault, and none is deployed.
    What was deployed on the web is left alone, until `loket processes export` has brought that
    version into the folder; to replace it sooner, upload the file on the web.
    A new version must pass its scenarios, as on the web; a first version has none.
    """
    from app.cli.sessions import open_session
    from app.setup.preparation import deploy_folder, hindered_in_words, in_words
    from processes.engine.checks.rules.webhooks import unreachable_addresses
    from processes.engine.deployment.definitions import RejectedDeploymentError
    from processes.engine.deployment.reviews import Person
    from processes.platform.settings import current_settings
    from processes.tryout.deployment import HinderedError, Order, running_in_words
    from workers.vocabulary import vocabulary

    note = note or f"Uit de map {folder.name}."
    order = Order(Person(by, "", ""), note, vocabulary(), current_settings().four_eyes)
    try:
        with open_session() as session:
            for one in deploy_folder(session, folder, order=order, approved_by=approved_by):
                click.echo(in_words(one))
                for line in unreachable_addresses(one.xml.encode(), vocabulary(session)):
                    click.echo(line, err=True)
                for line in running_in_words(session, one):
                    click.echo(line)
    except HinderedError as error:
        for line in hindered_in_words(error):
            click.echo(line, err=True)
        sys.exit(1)
    except RejectedDeploymentError as error:
        for finding in error.findings:
            click.echo(f"{error.file}: {finding}", err=True)
        sys.exit(1)


@processes.command("export")
@click.argument("folder", default=Path("bpmn"), type=click.Path(file_okay=False, path_type=Path))
def processes_export(folder: Path) -> None:
    """Write the newest version of every process to a folder (bpmn/ unless named).

    For review in git: what was changed on the web then shows as a difference. A file that holds
    the newest version already is not touched.
    """
    from app.cli.processes.process_export import export
    from app.cli.sessions import open_session

    with open_session() as session:
        for line in export(session, folder):
            click.echo(line)


@processes.command("list")
def processes_list() -> None:
    """List the deployed process definitions, latest version of each."""
    from processes.engine.deployment.definitions import definitions
    from processes.platform.database import open_reading_session

    with open_reading_session() as session:
        for definition in definitions(session):
            deployed = f"{definition.deployed_at:%Y-%m-%d %H:%M} UTC by {definition.deployed_by}"
            click.echo(f"{definition.key}  version {definition.version}  {deployed}")


@processes.command("start")
@click.argument("key")
@click.option("--variables", default="{}", metavar="JSON", help="Its first variables.")
@click.option("--business-key", help="Else what the process says of it, or a new one.")
@click.option("--tenant", type=KVK, help="The company that the case belongs to.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for other programs.")
def processes_start(
    key: str, *, variables: str, business_key: str | None, tenant: str | None, as_json: bool
) -> None:
    """Start a case of the newest version; its start form is not asked, its starters not either.

    Exits with 1 where one runs already with this business key (its id is told), or the first step
    fails.
    """
    from app.cli.outside.starting import start

    outcome, id_ = start(key, json_object(variables), business_key, tenant)
    line = json.dumps({"outcome": outcome, "id": id_}) if as_json else f"{outcome}  {id_}"
    click.echo(line)
    sys.exit(0 if outcome == "started" else 1)


@processes.command("terms")
@click.argument("key")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for other programs.")
def processes_terms(key: str, *, as_json: bool) -> None:
    """Tell by month how many cases of KEY ended within the legal term of the process."""
    from app.cli.operations import show
    from processes.engine.insight.term_report import months
    from processes.platform.database import open_reading_session

    with open_reading_session() as session:
        rows = [
            {
                "month": f"{each.first_day:%Y-%m}",
                "completed": each.completed,
                "in_time": each.in_time,
                "late": each.late,
                "stopped": each.stopped,
                "share": None if each.share is None else round(each.share, 4),
            }
            for each in months(session, key)
        ]
    show(rows, "no case with a legal term has ended", as_json=as_json)


@processes.command("conditions")
@click.argument("facts", metavar="JSON")
@click.option(
    "--business-key", type=LINE, help="Business key of what begins, such as a KvK number."
)
def processes_conditions(facts: str, business_key: str | None) -> None:
    """Start the processes of which a start condition holds for these facts.

    \b
    loket processes conditions '{"school_year": 2027}'
    """  # noqa: D301 - click wants the backspace itself
    from app.cli.sessions import open_session
    from processes.unit_of_work import unit_of_work

    given = _facts(facts)
    with open_session() as session:
        begun = _started(session, given, business_key)
        unit_of_work(session).commit()
        for instance in begun:
            click.echo(f"{instance.process_key}  {instance.id}")
    click.echo(f"{len(begun)} started")


def _started(session: Any, given: dict[str, Any], business_key: str | None) -> list[Any]:
    from processes.engine.execution.starting.start_conditions import start_where_true
    from processes.engine.language.expressions import ExpressionError

    try:
        return start_where_true(session, given, business_key=business_key, by="operator")
    except ExpressionError as error:
        raise click.ClickException(str(error)) from None


def _facts(text: str) -> dict[str, Any]:
    try:
        return dict(read_json(text))
    except (ValueError, TypeError) as error:
        message = f"not a JSON object: {error}"
        raise click.BadParameter(message, param_hint="JSON") from None


def register(main: click.Group) -> None:
    """Add the commands to the command line."""
    scenarios.register(processes)
    permissions.register(processes)
    main.add_command(processes)
