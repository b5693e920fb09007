"""Tests of tables are text like scenarios, shipped and exported with them."""

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from processes.engine.deployment.reviews import Person
from processes.tryout import deployment
from processes.tryout.deployment import HinderedError, Order
from processes.tryout.scenarios import files, table_tests
from processes.tryout.scenarios.scenario import BadScenarioError
from processes.tryout.scenarios.table_tests import TableTest
from tests.processes.engine.tables import column, dmn, rule, table, wide_rule, wide_table
from workers.vocabulary import vocabulary

XML = dmn(table(rule('"ja"', '"groen"'), rule("-", '"rood"'), hit_policy="FIRST"))
TEST = TableTest("Ja is groen", "colour", {"answer": "ja"}, {"outcome": "groen"})


def test_what_is_written_is_read_again() -> None:
    assert table_tests.read(table_tests.write(TEST)) == TEST


@pytest.mark.parametrize(
    "text",
    [
        "beslissing: [",
        "beslissing: colour",
        "test: x\nbeslissing: y\ngegevens: 1\nverwacht: {}",
        "test: x\nbeslissing: y\ngegevens: {uren: .nan}\nverwacht: {}",
        "test: x\nbeslissing: y\ngegevens: {}\nverwacht: {uren: -.inf}",
    ],
)
def test_what_is_no_test_is_told_so(text: str) -> None:
    with pytest.raises(BadScenarioError):
        table_tests.read(text)


@pytest.mark.parametrize("value", [1, 1.0, True, "1", None, [1], {"a": 1}])
def test_a_boolean_is_no_number_in_an_expectation(value: object) -> None:
    xml = dmn(table(rule("-", "1")))
    tried = table_tests.try_out(xml, "colour", {"answer": "x"})
    assert tried.decided is not None
    is_one = isinstance(value, int | float) and not isinstance(value, bool)

    assert (not table_tests.differences({"outcome": value}, tried.decided.outputs)) == is_one


def test_a_test_that_comes_out_otherwise_is_told(session: Session) -> None:
    table_tests.keep(session, TEST, by="petra")

    assert not table_tests.failing(session, XML.decode())
    (verdict,) = table_tests.failing(session, XML.decode().replace("groen", "blauw"))
    assert verdict.differences == ("outcome is blauw, verwacht was groen.",)
    (broken,) = table_tests.failing(session, XML.decode().replace('"groen"', "1 + answer"))
    assert broken.differences


def test_a_column_of_dates_reads_a_date() -> None:
    rows = wide_rule('< date("2027-01-01")', to='"oud"'), wide_rule("-", to='"nieuw"')
    xml = dmn(wide_table([column("dag", "date")], *rows, policy="FIRST"))

    tried = table_tests.try_out(xml, "colour", {"dag": "2026-12-31"})

    assert tried.decided is not None
    assert tried.decided.outputs == {"outcome": "oud"}


def test_the_command_line_puts_no_version_into_use_that_fails_a_test(session: Session) -> None:
    order = Order(Person("petra", "house", "1"), "first", vocabulary(), four_eyes=False)
    deployment.deploy_files(session, {"file": XML}, order)
    table_tests.keep(session, TEST, by="petra")
    session.commit()

    with pytest.raises(HinderedError) as refused:
        deployment.deploy_files(session, {"file": XML.replace(b"groen", b"blauw")}, order)

    assert [each.name for each in refused.value.failing] == ["Test “Ja is groen”"]
    deployment.deploy_files(session, {"file": XML.replace(b"rood", b"geel")}, order)


def test_tests_go_to_files_and_back(session: Session, tmp_path: Path) -> None:
    row = table_tests.keep(session, TEST, by="petra")
    ((file, done),) = files.export(session, tmp_path)
    assert (file.name, done) == ("decision_colour_ja_is_groen.yaml", "written")
    session.delete(row)
    session.flush()

    assert files.load(session, tmp_path) == ["Ja is groen"]

    assert [each.yaml for each in table_tests.tests_of(session, "colour")] == [file.read_text()]
    assert files.from_folder(tmp_path, ["decision:colour"]) == []  # no process is played
