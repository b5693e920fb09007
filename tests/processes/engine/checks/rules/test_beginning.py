"""Who may begin a process, its start form, its initiator and its business key."""

import pytest

from tests.processes.engine.checks.rules.judging import (
    Example,
    assert_bad_is_found,
    assert_good_is_clean,
    found,
)
from tests.processes.engine.diagrams import chain, message, node, process, signal, timer, user
from tests.processes.engine.form_fields import field, form


def begun(
    start: str = "",
    *,
    written: str = ' camunda:candidateStarterGroups="provider"',
    properties: str = "",
    **attributes: str,
) -> bytes:
    """A process that people begin; `written` stands in the process, `start` in its start event."""
    own = ""
    if properties:
        own = (
            "<bpmn:extensionElements><camunda:properties>"
            f'<camunda:property name="businessKey" value="{properties}"/>'
            "</camunda:properties></bpmn:extensionElements>"
        )
    parts = node("startEvent", "s", start, **attributes) + user("a") + node("endEvent", "e")
    xml = process(own + parts + chain("s", "a", "e"), messages=("m",), signals=("x",))
    return xml.replace(b'isExecutable="true"', f'isExecutable="true"{written}'.encode())


def termed(text: str) -> bytes:
    """A process with this legal term."""
    return begun(properties=text).replace(b'name="businessKey"', b'name="legalTerm"')


GOOD = begun(form(field("x", "string")), properties="${x}", camunda_initiator="indiener")
BEGINS = begun(message("m"), written="")
OTHER = BEGINS.replace(b'id="p"', b'id="q"').replace(b'name="p"', b'name="q"')
WITH_ANOTHER = BEGINS.replace(b'name="m"', b'name="n"')
EXAMPLES = {
    "message-start-taken": Example(BEGINS, WITH_ANOTHER, "s", beside={"q": OTHER}),
    "starter-without-start": Example(begun(message("m")), GOOD, "p"),
    "starter-exists": Example(begun(written=' camunda:candidateStarterGroups="x"'), GOOD, "p"),
    "starter-users": Example(begun(written=' camunda:candidateStarterUsers="jan"'), GOOD, "p"),
    "starter-hidden": Example(
        begun(
            written=' camunda:candidateStarterGroups="provider"'
            ' camunda:isStartableInTasklist="false"'
        ),
        GOOD,
        "p",
    ),
    "starter-unproven": Example(
        begun(
            form(field("nummer", "kvk")),
            written=' camunda:candidateStarterGroups="provider, public"',
        ),
        GOOD,
        "s",
    ),
    "initiator-name": Example(begun(camunda_initiator="kvk"), GOOD, "s"),
    "initiator-nobody": Example(
        begun(message("m"), camunda_initiator="wie", written=""), GOOD, "s"
    ),
    "start-form": Example(
        begun(camunda_formKey="form"), begun(camunda_formKey="a", properties="${given_by_a}"), "s"
    ),
    "start-form-nobody": Example(begun(message("m"), camunda_formKey="a", written=""), GOOD, "s"),
    "business-key-company": Example(
        begun(properties="${kvk}"), begun(properties="${reference}"), "p"
    ),
    "business-key": Example(begun(properties="${onbekend}"), GOOD, "p"),
    "legal-term": Example(termed("zes weken"), termed("P6W"), "p"),
}


@pytest.mark.parametrize("rule", EXAMPLES)
def test_what_is_wrong_is_found(rule: str) -> None:
    assert_bad_is_found(rule, EXAMPLES[rule])


@pytest.mark.parametrize("rule", EXAMPLES)
def test_what_is_right_is_clean(rule: str) -> None:
    assert_good_is_clean(rule, EXAMPLES[rule])


def rules(xml: bytes) -> set[str]:
    return {each.rule for each in found(xml)}


def test_a_start_form_is_no_fault() -> None:
    assert rules(GOOD) == set()


@pytest.mark.parametrize("name", ["twee woorden", "1e", "class", "len", "nrOfInstances", "x"])
def test_an_initiator_needs_a_free_name(name: str) -> None:
    xml = begun(form(field("x", "string")), camunda_initiator=name)
    assert "initiator-name" in rules(xml)


@pytest.mark.parametrize("text", ["vast", "'vast'", "${'vast'}", "${x +}", "${x}-${x}", "${y}"])
def test_a_business_key_is_an_expression_over_the_start_form(text: str) -> None:
    assert "business-key" in rules(begun(form(field("x", "string")), properties=text))


@pytest.mark.parametrize("text", ["PT48H", "P1DT1H", "6W", "${x}", "P", "P0D", "-P6W"])
def test_a_legal_term_is_in_days_weeks_months_or_years(text: str) -> None:
    assert "legal-term" in rules(termed(text))


@pytest.mark.parametrize("text", ["${x}", "${kvk}", "${kvk + x}", "${reference}"])
def test_a_business_key_may_name_the_company_and_the_answers(text: str) -> None:
    xml = begun(form(field("x", "string")), properties=text)
    assert "business-key" not in rules(xml)


@pytest.mark.parametrize("definition", [message("m"), signal("x"), timer("timeCycle", "R/P1D")])
def test_only_a_plain_start_can_be_begun_and_ask_fields(definition: str) -> None:
    xml = begun(form(field("x", "string")) + definition)
    assert {"starter-without-start", "form-field-place"} <= rules(xml)


def test_accounts_too_have_something_to_begin() -> None:
    users = ' camunda:candidateStarterUsers="jan"'
    assert "starter-without-start" in rules(begun(message("m"), written=users))


def test_a_start_may_name_a_form_that_exists() -> None:
    assert rules(begun(camunda_formKey="a")) == set()
    assert rules(begun(camunda_formKey="unknown")) == {"form-exists"}


def test_a_property_that_means_nothing_there_is_told() -> None:
    xml = begun(properties="${kvk}").replace(b'name="businessKey"', b'name="kleur"')
    assert rules(xml) == {"attribute-ignored"}


def test_a_new_version_may_begin_with_the_message_of_the_one_before() -> None:
    assert "message-start-taken" not in {each.rule for each in found(BEGINS, {"p": BEGINS})}


def test_a_signal_may_begin_more_than_one_process() -> None:
    by_signal = begun(signal("x"), written="")
    other = by_signal.replace(b'id="p"', b'id="q"').replace(b'name="p"', b'name="q"')
    assert "message-start-taken" not in {each.rule for each in found(by_signal, {"q": other})}


def test_the_process_that_begins_with_it_already_is_named() -> None:
    (told,) = [each for each in found(BEGINS, {"q": OTHER}) if each.rule == "message-start-taken"]
    assert "“m”" in told.message
    assert '"q"' in told.message
