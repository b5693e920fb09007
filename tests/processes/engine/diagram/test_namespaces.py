"""Operaton's words are Camunda's, and a decision table is read in each version of DMN."""

import pytest
from sqlalchemy.orm import Session

from processes.engine.checks.checker import check
from processes.engine.checks.findings import Severity, Vocabulary
from processes.engine.decisions.deciding import decide
from processes.engine.deployment.drafts import save_draft
from processes.engine.diagram.elements import read
from processes.engine.diagram.xml import as_text
from tests.processes.engine.diagrams import process, straight, user
from tests.processes.engine.tables import dmn, rule, table

CAMUNDA = b"http://camunda.org/schema/1.0/bpmn"
OPERATON = b"http://operaton.org/schema/1.0/bpmn"
FORMS = Vocabulary(forms=frozenset({"a"}))
PLAIN = process(straight(user("a", camunda_candidateGroups="registrar"), ids=("a",)))
OF_OPERATON = (
    PLAIN.replace(b"camunda:", b"operaton:")
    .replace(b":camunda=", b":operaton=")
    .replace(CAMUNDA, OPERATON)
)
MODEL_13 = "https://www.omg.org/spec/DMN/20191111/MODEL/"
VERSIONS = {
    "1.1": "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
    "1.2": "http://www.omg.org/spec/DMN/20180521/MODEL/",
    "1.4": "https://www.omg.org/spec/DMN/20211108/MODEL/",
    "1.5": "https://www.omg.org/spec/DMN/20230324/MODEL/",
    "1.6": "https://www.omg.org/spec/DMN/20240513/MODEL/",
}
TABLE = dmn(
    table(rule("> 3", '"veel"'), rule("-", '"weinig"'), hit_policy="FIRST").replace(
        '"string"', '"number"'
    )
)


def test_an_attribute_of_operaton_counts_as_that_of_camunda() -> None:
    element = read(OF_OPERATON).elements["a"]

    assert (element.form_key, element.candidate_group) == ("a", "registrar")
    assert not check(OF_OPERATON, FORMS)


def test_what_does_nothing_is_told_under_operatons_name_too() -> None:
    xml = OF_OPERATON.replace(
        b'operaton:formKey="a"',
        b'operaton:formKey="a" operaton:jobPriority="9"',
    )

    (finding,) = check(xml, FORMS)

    assert "jobPriority" in finding.message


def test_the_editor_gets_operatons_words_as_camundas() -> None:
    text = as_text(OF_OPERATON)

    assert CAMUNDA.decode() in text
    assert OPERATON.decode() not in text
    assert 'operaton:formKey="a"' in text  # a prefix is only a prefix


def test_a_file_in_another_encoding_is_translated_too() -> None:
    head = '<?xml version="1.0" encoding="UTF-16"?>'
    text = as_text((head + OF_OPERATON.decode()).encode("utf-16"))

    assert 'encoding="UTF-8"' in text
    assert CAMUNDA.decode() in text


@pytest.mark.parametrize("version", VERSIONS)
def test_a_table_of_another_version_runs_and_opens_in_the_editor(version: str) -> None:
    xml = TABLE.replace(MODEL_13.encode(), VERSIONS[version].encode())

    assert not check(xml, Vocabulary())
    assert decide(xml, "colour", {"answer": 4}) == {"outcome": "veel"}
    assert as_text(xml) == TABLE.decode()


@pytest.mark.parametrize("name", ["http://www.omg.org/spec/DMN/20130901", MODEL_13[:-1] + "2/"])
def test_a_version_of_dmn_that_is_not_known_is_named(name: str) -> None:
    (finding,) = check(TABLE.replace(MODEL_13.encode(), name.encode()), Vocabulary())

    assert (finding.rule, finding.severity) == ("not-a-diagram", Severity.ERROR)
    assert name in finding.message
    assert "DMN 1.3" in finding.message


@pytest.mark.parametrize("date", ["20180521", "20211108", "20230324"])
def test_the_drawing_of_a_table_is_translated_with_it(date: str) -> None:
    scheme = "http" if date == "20180521" else "https"
    drawing = f'xmlns:dmndi="{scheme}://www.omg.org/spec/DMN/{date}/DMNDI/"'
    xml = TABLE.replace(b"<definitions ", f"<definitions {drawing} ".encode())

    assert 'xmlns:dmndi="https://www.omg.org/spec/DMN/20191111/DMNDI/"' in as_text(xml)


def test_a_draft_keeps_what_the_editor_can_read(session: Session) -> None:
    draft = save_draft(session, OF_OPERATON, vocabulary=FORMS, by="an owner")

    assert OPERATON.decode() not in draft.xml
