"""What a diagram may name is offered by its Dutch name, with a field for each parameter."""

import re
from typing import Any

import pytest

from app.studio.draw.element_templates import (
    Template,
    deployed_templates,
    element_templates,
    with_addresses,
)
from forms.registry import FORMS
from processes.engine.registry import DELEGATES, Delegate
from processes.platform.roles import TASK_GROUPS
from workers.registry import SERVICE_TASKS, ServiceTask
from workers.vocabulary import vocabulary

OURS = vocabulary()
# Jobs that an operator or owner begins from a page: no diagram should.
NEVER_DRAWN = {
    "apply-offer-import",
    "begin-redeclarations",
    "begin-suspension",
    "bulk-offers",
    "change-instances",
    "make-data-export",
    "migrate-instances",
    "read-offer-import",
    "search-words",
    "send-event",
    "send-handed-over",
    "send-invitation",
    "send-late-tasks",
    "send-provider-reminder",
    "send-public-confirmation",
    "send-receipt",
    "send-search-digest",
    "send-security-notice",
    "send-task-digest",
    "send-to-repaired",
    "send-webhook-off",
    "undo-migration",
}


def by_id() -> dict[str, Template]:
    return {template["id"]: template for template in element_templates()}


def bound(template: Template, kind: str) -> dict[str, dict[str, Any]]:
    """The fields of a template that are written in this way, by the name they are written under."""
    found = [each for each in template["properties"] if each["binding"]["type"] == kind]
    return {each["binding"]["name"]: each for each in found}


def test_every_form_topic_and_delegate_has_one() -> None:
    expected = {f"loket.form.{key}" for key in OURS.forms}
    expected |= {f"loket.start.{key}" for key in OURS.start_forms}
    described = {topic for topic, task in SERVICE_TASKS.items() if task.description}
    expected |= {f"loket.topic.{topic}" for topic in described}
    expected |= {f"loket.delegate.{name}" for name in OURS.delegates}
    assert set(by_id()) == expected


def test_a_diagram_cannot_ask_for_what_only_the_portal_asks_for() -> None:
    assert set(SERVICE_TASKS) >= NEVER_DRAWN
    assert not NEVER_DRAWN & set(OURS.topics)


def test_each_is_told_in_dutch_with_a_label_for_each_parameter() -> None:
    services: list[ServiceTask | Delegate] = [*SERVICE_TASKS.values(), *DELEGATES.values()]
    known = [each for each in services if each.perform.__module__.split(".")[0] != "tests"]
    ours = [each for each in known if getattr(each, "topic", "") not in NEVER_DRAWN]
    assert ours
    for each in ours:
        assert each.description.endswith("."), each.title
        assert set(each.labels) == set(each.parameters), each.title
    for form in FORMS.values():
        assert form.form_title, form
        assert form.form_description.endswith("."), form
        assert form.form_group in TASK_GROUPS, form


def test_a_topic_is_written_with_its_type_and_its_inputs() -> None:
    template = by_id()["loket.topic.send-contact-notice"]
    written = {name: each["value"] for name, each in bound(template, "property").items()}
    assert written == {"camunda:type": "external", "camunda:topic": "send-contact-notice"}
    inputs = bound(template, "camunda:inputParameter")
    assert {name: each["value"] for name, each in inputs.items()} == {
        "provider_id": "${provider_id}",
        "recipient": "${recipient}",
    }
    assert inputs["recipient"]["label"] == "E-mailadres van de vorige contactpersoon"


def test_a_webhook_offers_the_addresses_of_this_installation_and_takes_plain_texts() -> None:
    inputs = bound(by_id()["loket.topic.webhook"], "camunda:inputParameter")
    assert {each["type"] for each in inputs.values()} == {"String"}
    assert {each["value"] for each in inputs.values()} == {""}
    assert "komma" in inputs["webhook_data"]["description"]
    pattern = re.compile(inputs["webhook_data"]["constraints"]["pattern"]["value"])
    assert pattern.match("naam, bedrag")
    assert not pattern.match("${naam}")
    known = {each["id"]: each for each in with_addresses(element_templates(), ["crm", "register"])}
    chosen = bound(known["loket.topic.webhook"], "camunda:inputParameter")["webhook_address"]
    assert chosen["type"] == "Dropdown"
    assert [each["value"] for each in chosen["choices"]] == ["crm", "register"]


def test_a_delegate_is_written_as_an_expression_and_what_is_optional_stays_empty() -> None:
    template = by_id()["loket.delegate.set_end_date"]
    (written,) = bound(template, "property").values()
    assert written["value"] == "${set_end_date}"
    end_date = bound(template, "camunda:inputParameter")["end_date"]
    assert (end_date["value"], end_date["constraints"]["notEmpty"]) == ("", False)


def test_a_form_is_written_by_its_key_for_the_group_that_fills_it_in() -> None:
    properties = bound(by_id()["loket.form.assess-company"], "property")
    assert properties["camunda:formKey"]["value"] == "assess-company"
    assert properties["camunda:candidateGroups"]["value"] == "registrar"


@pytest.mark.parametrize(
    ("template", "parameter", "good", "bad"),
    [
        (
            "delegate.register_provider",
            "company",
            ["${company}", "${a.b}", "=a.b"],
            ["De Leerkring"],
        ),
        ("delegate.edit_offer", "based_on", ["3", "${version}", "=a + 1", ""], ["drie"]),
        ("topic.migrate-offers", "kvk", ["90000017", "${kvk}"], ["nummer ${kvk}"]),
    ],
)
def test_a_field_takes_what_its_parameter_can_be(
    template: str, parameter: str, good: list[str], bad: list[str]
) -> None:
    field = bound(by_id()[f"loket.{template}"], "camunda:inputParameter")[parameter]
    pattern = re.compile(field["constraints"]["pattern"]["value"])
    assert all(pattern.match(text) for text in good)
    assert not any(pattern.match(text) for text in bad)


def test_a_date_is_a_term_a_day_or_an_expression_of_either_language() -> None:
    due = bound(by_id()["loket.form.assess-company"], "property")["camunda:dueDate"]
    pattern = re.compile(due["constraints"]["pattern"]["value"])
    written = ("", "P14D", "2026-12-31", "${datum}", "=workday(today(), 5)")
    assert all(pattern.match(text) for text in written)
    assert not pattern.match("morgen")


def test_no_template_asks_for_a_version_of_an_engine() -> None:
    """The editor does not compare versions (frontend/editor/no_engines.js)."""
    templates = [*element_templates(), *deployed_templates({"a": "A"}, {"b": "B?"})]
    assert [each["id"] for each in templates if "engines" in each] == []
