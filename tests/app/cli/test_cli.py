"""The command line, as an operator types it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, inspect, select
from sqlalchemy.orm import Session

from app.cli.main import main
from app.cli.processes.process_export import files_of
from app.setup.schema import current_version
from processes.base import Base
from processes.database import open_database
from processes.engine.deployment.definitions import deploy
from processes.engine.store.models import ProcessDefinition
from processes.platform import database
from processes.platform.settings import Settings, use_settings
from processes.register.changes import AuditEvent
from processes.register.legacy.staging import LegacyOffer
from processes.tryout import sandbox
from tests.processes.engine.diagrams import inputs, job, node, process, straight, user
from workers.vocabulary import vocabulary

ROOT = Path(__file__).parents[3]
SAMPLE = ROOT / "processes" / "register" / "sample" / "registerleraar.csv"
BROKEN = b"<definitions>this is no diagram"
NEW_YEAR = (
    "<bpmn:conditionalEventDefinition><bpmn:condition>${year == 2027}</bpmn:condition>"
    "</bpmn:conditionalEventDefinition>"
)

NOBODY = (  # what is told of a process with a plain start and no starters
    "  Dit wordt alleen begonnen door een ander proces of Loket zelf.\n"
    "  Niemand kan het zelf beginnen: bij het proces staat geen groep of persoon die dat mag.\n"
)


@pytest.fixture
def command_settings(settings: Settings, own_database_url: str) -> Iterator[Settings]:
    chosen = settings.model_copy(update={"database_url": own_database_url})
    use_settings(chosen)
    yield chosen
    database.close_databases()


@pytest.fixture
def empty_settings(settings: Settings, tmp_path: Path) -> Iterator[Settings]:
    """A database without tables."""
    url = f"sqlite:///{tmp_path / 'empty.db'}"
    use_settings(settings.model_copy(update={"database_url": url}))
    yield settings
    database.close_databases()


def loket(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_the_help_names_every_command() -> None:
    text = loket("--help").output
    for command in ("run", "web", "worker", "scheduler", "db", "processes", "legacy", "settings"):
        assert f"\n  {command} " in text
    assert "LOKET_" in text


def test_the_parts_of_the_demonstration_are_not_listed() -> None:
    assert "simulator" not in loket("--help").output.split("Commands:")[1]


@pytest.mark.usefixtures("empty_settings")
def test_upgrading_makes_the_tables_once() -> None:
    assert loket("db", "upgrade").output.strip() == "database upgraded"
    assert loket("db", "upgrade").output.strip() == "database is up to date"
    assert set(Base.metadata.tables) <= set(inspect(database.database()).get_table_names())
    assert current_version(database.database())


def test_the_diagrams_of_the_repository_have_no_faults() -> None:
    checked = loket("processes", "check", *sorted((ROOT / "bpmn").glob("*.bpmn")))
    assert checked.exit_code == 0, checked.output


def test_a_diagram_with_a_fault_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "broken.bpmn"
    file.write_bytes(BROKEN)
    checked = loket("processes", "check", file)
    assert checked.exit_code == 1
    assert str(file) in checked.output


def test_a_folder_is_checked_with_all_that_is_in_it(tmp_path: Path) -> None:
    for name in ("one.bpmn", "two.bpmn", "notes.txt"):
        (tmp_path / name).write_bytes(BROKEN)
    checked = loket("processes", "check", tmp_path)
    assert checked.exit_code == 1
    assert ("one.bpmn" in checked.output, "notes.txt" in checked.output) == (True, False)
    assert "two.bpmn" in checked.output


def test_findings_can_be_read_by_a_program(tmp_path: Path) -> None:
    file = tmp_path / "broken.bpmn"
    file.write_bytes(BROKEN)
    assert json.loads(loket("processes", "check", "--json", file).output)


CALLS_DEPLOYED = process(
    straight(node("callActivity", "a", calledElement="provider_onboarding"), ids=("a",))
)


@pytest.mark.usefixtures("command_settings")
def test_a_webhook_to_an_address_that_nobody_allowed_is_told(tmp_path: Path) -> None:
    file = tmp_path / "webhook.bpmn"
    drawn = inputs(webhook_address="zaken")
    file.write_bytes(process(straight(job("a", "webhook", drawn), ids=("a",))))
    checked = loket("processes", "check", file)
    assert checked.exit_code == 0, checked.output
    assert '"zaken", en dat adres bestaat niet' in checked.output


@pytest.mark.usefixtures("command_settings")
def test_a_call_of_a_deployed_process_is_not_called_missing(tmp_path: Path) -> None:
    file = tmp_path / "calls.bpmn"
    file.write_bytes(CALLS_DEPLOYED)
    assert "provider_onboarding" in loket("processes", "check", file).output

    assert loket("processes", "deploy", ROOT / "bpmn").exit_code == 0

    checked = loket("processes", "check", file)
    assert checked.exit_code == 0, checked.output


def test_a_check_without_a_database_says_what_it_did_not_look_at(
    tmp_path: Path, command_settings: Settings
) -> None:
    nowhere = f"sqlite:///{tmp_path / 'none.sqlite'}"
    use_settings(command_settings.model_copy(update={"database_url": nowhere}))
    file = tmp_path / "plain.bpmn"
    file.write_bytes(process(straight(user("a", ""), ids=("a",))))

    checked = loket("processes", "check", file)

    assert "database is niet te lezen" in checked.output
    assert not (tmp_path / "none.sqlite").exists()


def test_deploying_twice_makes_no_second_version(command_settings: Settings) -> None:
    first = loket("processes", "deploy", ROOT / "bpmn")
    assert first.exit_code == 0, first.output
    assert loket("processes", "deploy", ROOT / "bpmn").output == first.output
    engine = open_database(command_settings.database_url)
    with Session(engine) as session:
        versions = [definition.version for definition in session.query(ProcessDefinition)]
    engine.dispose()
    assert set(versions) == {1}
    assert "provider_onboarding" in loket("processes", "list").output


def test_a_folder_with_one_fault_deploys_nothing(
    command_settings: Settings, tmp_path: Path
) -> None:
    assert command_settings
    good = ROOT / "bpmn" / "offer_publication.bpmn"
    (tmp_path / "a_good.bpmn").write_bytes(good.read_bytes())
    (tmp_path / "b_broken.bpmn").write_bytes(BROKEN)
    refused = loket("processes", "deploy", tmp_path)
    assert (refused.exit_code, type(refused.exception)) == (1, SystemExit)
    assert "geen goede XML" in refused.output
    assert refused.stderr.startswith("b_broken.bpmn: ")
    assert not loket("processes", "list").output


def test_the_older_register_is_staged_once(command_settings: Settings, own_engine: Engine) -> None:
    assert command_settings
    for _ in range(2):
        imported = loket("legacy", "import", SAMPLE)
        assert imported.exit_code == 0, imported.output
    with Session(own_engine) as session:
        assert session.query(LegacyOffer).count() >= 1200


def test_a_file_that_is_no_export_is_refused_in_one_line(
    command_settings: Settings, tmp_path: Path
) -> None:
    assert command_settings
    file = tmp_path / "holiday.csv"
    file.write_text("dag;uur\nmaandag;9\n")
    refused = loket("legacy", "import", file)
    assert refused.exit_code == 1
    assert len(refused.output.strip().splitlines()) == 1


def test_the_element_templates_are_written_for_a_modeler_elsewhere(tmp_path: Path) -> None:
    file = tmp_path / "loket.json"
    assert loket("templates", "export", "--out", file).exit_code == 0
    names = {template["name"] for template in json.loads(file.read_text())}
    assert "Bevestiging per e-mail versturen" in names
    assert json.loads(loket("templates", "export").output) == json.loads(file.read_text())


def test_settings_are_listed_without_their_secrets(command_settings: Settings) -> None:
    listed = loket("settings").output
    assert "LOKET_DATABASE_URL=" in listed
    assert command_settings.secret_key.get_secret_value() not in listed


def test_the_password_of_the_database_is_not_listed(settings: Settings) -> None:
    url = "postgresql://loket:very-secret@db.example/loket"
    use_settings(settings.model_copy(update={"database_url": url}))
    listed = loket("settings").output
    assert "postgresql://loket:***@db.example/loket" in listed
    assert "very-secret" not in listed


@pytest.mark.parametrize(
    "given", [{"LOKET_MINIMUM_LOA": "loa9"}, {"LOKET_PROFILE": "production", "LOKET_VAR": "."}]
)
def test_settings_that_cannot_be_are_named_without_a_trace(given: dict[str, str]) -> None:
    refused = subprocess.run(
        [sys.executable, "-m", "app.cli", "web"],
        env={**os.environ, **given},
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode == 2
    assert refused.stderr
    assert all(line.startswith("LOKET_") for line in refused.stderr.splitlines())


def test_a_process_is_begun_by_the_facts_that_its_condition_names(
    command_settings: Settings, tmp_path: Path
) -> None:
    assert command_settings
    drawn = process(straight(user("review"), ids=("review",))).replace(
        node("startEvent", "start").encode(), node("startEvent", "start", NEW_YEAR).encode()
    )
    (tmp_path / "yearly.bpmn").write_bytes(drawn)
    assert loket("processes", "deploy", tmp_path).exit_code == 0
    assert "0 started" in loket("processes", "conditions", '{"year": 2026}').output
    assert "1 started" in loket("processes", "conditions", '{"year": 2027}').output
    refused = loket("processes", "conditions", "year 2027")
    assert refused.exit_code == 2
    assert "not a JSON object" in refused.output
    (tmp_path / "yearly.bpmn").write_bytes(drawn.replace(b"year == 2027", b"year"))
    assert loket("processes", "deploy", tmp_path).exit_code == 0
    no_truth = loket("processes", "conditions", '{"year": 2027}')
    assert no_truth.exit_code == 1
    assert no_truth.output == 'Error: p: De expressie "year" is geen ja of nee.\n'


@pytest.mark.usefixtures("command_settings")
def test_what_was_made_on_the_web_is_left_alone_and_written_back(
    tmp_path: Path, own_engine: Engine
) -> None:
    shipped = tmp_path / "offer_publication.bpmn"
    xml = (ROOT / "bpmn" / "offer_publication.bpmn").read_bytes()
    shipped.write_bytes(xml)
    changed = xml.replace(b"Activiteit beheren", b"Activiteit bijhouden")
    loket("processes", "deploy", tmp_path)
    with Session(own_engine) as session:
        deploy(session, changed, vocabulary=vocabulary(), deployed_by="Pieter", note="ander woord")
        session.commit()
    told = loket("processes", "deploy", tmp_path).output
    assert "version 2 (deployed on the web by Pieter; its file was left alone)" in told
    exported = loket("processes", "export", tmp_path)
    assert "offer_publication version 2, written" in exported.output
    assert shipped.read_bytes() == changed
    assert "the same" in loket("processes", "export", tmp_path).output
    assert loket("processes", "deploy", tmp_path).output == f"offer_publication version 2\n{NOBODY}"
    shipped.write_bytes(xml)
    assert loket("processes", "deploy", tmp_path).output == f"offer_publication version 3\n{NOBODY}"
    with Session(own_engine) as session:
        actions = session.scalars(select(AuditEvent.action)).all()
    assert actions.count("processes-exported") == 2


@pytest.mark.usefixtures("command_settings")
def test_a_file_that_fails_its_scenarios_is_not_deployed(
    tmp_path: Path, own_engine: Engine
) -> None:
    shipped, scenarios = tmp_path / "offer_publication.bpmn", tmp_path / "scenarios"
    xml = (ROOT / "bpmn" / "offer_publication.bpmn").read_bytes()
    shipped.write_bytes(xml)
    scenarios.mkdir()
    scenario = ROOT / "bpmn" / "scenarios" / "activiteit_publiceren.yaml"
    (scenarios / scenario.name).write_bytes(scenario.read_bytes())
    assert loket("processes", "deploy", tmp_path).exit_code == 0
    changed = xml.replace(b'action == "publish"', b'action == "ever"')
    assert changed != xml
    shipped.write_bytes(changed)
    refused = loket("processes", "deploy", tmp_path)
    sandbox.server.stop()
    assert refused.exit_code == 1
    assert "not all scenarios pass" in refused.output
    with Session(own_engine) as session:
        assert session.scalars(select(ProcessDefinition.version)).all() == [1]
        deployed = session.scalars(select(AuditEvent).filter_by(action="process-deployed"))
        assert [event.details["note"] for event in deployed] == [f"Uit de map {tmp_path.name}."]


def test_with_four_eyes_a_file_needs_somebody_else(
    command_settings: Settings, tmp_path: Path
) -> None:
    use_settings(command_settings.model_copy(update={"four_eyes": True}))
    shipped = tmp_path / "visits.bpmn"
    shipped.write_bytes(process(straight(user("review"), ids=("review",))))
    assert loket("processes", "deploy", tmp_path).exit_code == 0
    shipped.write_bytes(
        process(
            straight(
                user("review", "<bpmn:documentation>Anders</bpmn:documentation>"), ids=("review",)
            )
        )
    )
    by = ("--by", "Pieter")
    assert loket("processes", "deploy", tmp_path, *by).exit_code == 1
    for same in ("Pieter", "pieter", " PIETER "):
        assert loket("processes", "deploy", tmp_path, *by, "--approved-by", same).exit_code == 1
    done = loket("processes", "deploy", tmp_path, *by, "--approved-by", "Anna")
    assert done.output == f"p version 2\n{NOBODY}"


def test_an_id_in_a_diagram_is_no_way_out_of_the_folder() -> None:
    assert set(files_of({"../../etc/x": b"1", "decision:fee": b"2"})) == {
        "______etc_x.bpmn",
        "fee.dmn",
    }
