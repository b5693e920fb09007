"""`loket processes test`: what it says, and with what it exits."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli.main import main

SCENARIOS = Path("bpmn/scenarios")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["processes", "test", *arguments])


def test_scenarios_that_pass_are_listed() -> None:
    result = run("bpmn/offer_publication.bpmn")
    assert result.exit_code == 0, result.output
    assert "ok      Een concept verwijderen" in result.output


def test_a_scenario_that_fails_says_what_differs(tmp_path: Path) -> None:
    xml = Path("bpmn/offer_publication.bpmn").read_text()
    file = tmp_path / "offer_publication.bpmn"
    file.write_text(xml.replace('${action == "delete"}', '${action == "remove"}'))
    result = run(str(file))
    assert result.exit_code == 1
    assert "FAILED  Een concept verwijderen" in result.output
    assert "Open staat “Activiteit controleren en aanvullen”" in result.output


def test_a_diagram_that_cannot_be_deployed_is_not_tried(tmp_path: Path) -> None:
    xml = Path("bpmn/offer_publication.bpmn").read_text()
    file = tmp_path / "offer_publication.bpmn"
    file.write_text(xml.replace("${publish_offer}", "${unknown}"))
    result = run(str(file))
    assert result.exit_code == 1
    assert "scenarios" not in result.output


@pytest.mark.parametrize("broken", [b"", b"x", b"<a/>", b"\xff\xfe<"])
def test_a_file_that_cannot_be_read_is_told_and_is_no_bar_to_one_beside_it(
    tmp_path: Path, broken: bytes
) -> None:
    file, other = tmp_path / "offer_publication.bpmn", tmp_path / "broken.bpmn"
    file.write_bytes(Path("bpmn/offer_publication.bpmn").read_bytes())
    other.write_bytes(broken)
    assert run(str(file)).exit_code == 0
    refused = run(str(other))
    assert (refused.exit_code, type(refused.exception)) == (1, SystemExit)
    assert "broken.bpmn" in refused.output


def test_a_file_in_utf_16_is_tried_as_it_is_deployed(tmp_path: Path) -> None:
    file = tmp_path / "offer_publication.bpmn"
    text = Path("bpmn/offer_publication.bpmn").read_text().replace("UTF-8", "UTF-16")
    file.write_bytes(text.encode("utf-16"))
    result = run(str(file))
    assert result.exit_code == 0, result.output
    assert "ok      Een concept verwijderen" in result.output


@pytest.mark.parametrize("text", ["kapot: [", "scenario: Leeg"])
def test_a_scenario_that_cannot_be_read_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "kapot.yaml").write_text(text)
    result = run("bpmn/offer_publication.bpmn", "--scenarios", str(tmp_path))
    assert result.exit_code == 1
    assert "kapot.yaml" in result.output
