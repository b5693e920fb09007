"""Forms of the onboarding: requirements, company, contact person, review."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from forms.provider.profile import ContactForm
from forms.provider.quality import QualityRequirementsForm
from forms.provider.registration import (
    KnownCompanyForm,
    ReviewForm,
    TypedCompanyForm,
)
from forms.registry import Draft
from tests.forms.errors import errors_by_field


@dataclass
class Requirement:
    number: int
    title: str
    explanation: str = "Uitleg"
    asks_url: bool = False


@dataclass
class RequirementSet:
    version: int = 3
    requirements: list[Requirement] = field(
        default_factory=lambda: [
            Requirement(1, "Sluit aan"),
            Requirement(2, "Klachtenregeling", asks_url=True),
        ]
    )


Questions = QualityRequirementsForm.for_requirements(RequirementSet())
CONTACT = {"contact_name": ["Jo Jansen"], "contact_email": ["info@scholing.nl"]}


def test_the_questions_come_from_the_set_of_requirements() -> None:
    form = Questions()
    assert [str(question.label.text) for question in form.questions] == [
        "1. Sluit aan",
        "2. Klachtenregeling",
    ]
    assert all(question.data is None for question in form.questions)


def test_an_unanswered_requirement_is_named_in_the_error() -> None:
    form = Questions(Draft({"requirement_1": ["ja"]}))
    assert not form.validate()
    assert errors_by_field(form) == {"requirement_2": "Kies ja of nee bij eis 2: Klachtenregeling."}


def test_all_yes_gives_the_declaration_to_the_process() -> None:
    answers = {"requirement_1": ["ja"], "requirement_2": ["ja"], "complaints_url": ["a.nl/k"]}
    form = Questions(Draft(answers | {"set_version": ["3"]}))
    assert form.validate()
    assert form.variables() == {
        "declaration": {
            "set_version": 3,
            "answers": {"1": "ja", "2": "ja"},
            "complaints_url": "https://a.nl/k",
        },
        "all_yes": True,
    }


def test_the_page_with_complaints_is_asked_only_after_a_yes() -> None:
    yes = Questions(Draft({"requirement_1": ["ja"], "requirement_2": ["ja"]}))
    no = Questions(Draft({"requirement_1": ["ja"], "requirement_2": ["nee"]}))
    assert not yes.validate()
    assert "complaints_url" in yes.errors
    assert no.validate()
    assert no.variables()["all_yes"] is False


def test_answers_to_another_version_of_the_requirements_are_refused() -> None:
    form = Questions(Draft({"set_version": ["2"], "requirement_1": ["ja"]}))
    assert not form.validate()
    assert "veranderd" in errors_by_field(form)["set_version"]


def test_earlier_answers_come_back_for_the_same_version_only() -> None:
    declaration: dict[str, Any] = {
        "set_version": 3,
        "answers": {"1": "nee"},
        "complaints_url": None,
    }
    same = Questions(None, data=Questions.data_from({"declaration": declaration}))
    assert same["requirement_1"].data == "nee"
    declaration["set_version"] = 2
    assert Questions.data_from({"declaration": declaration}) == {}


def test_fields_that_are_not_declared_never_become_variables() -> None:
    form = ReviewForm(Draft({"approved": ["true"], "kvk": ["12345678"], "__builtins__": ["x"]}))
    assert form.validate()
    assert form.variables() == {"change": None}


@pytest.mark.rule("R41")
def test_a_known_company_has_corrections_beside_its_facts() -> None:
    form_class = KnownCompanyForm.for_names(["Delta", "Delta Scholing"])
    form = form_class(
        Draft(CONTACT | {"display_name": ["Delta Scholing"], "corrected_address": ["Dam 1"]})
    )
    assert form.validate()
    company = form.variables()["company"]
    assert company["known"] is True
    assert "facts" not in company
    assert company["corrections"] == {"address": "Dam 1"}
    assert company["display_name"] == "Delta Scholing"


def test_a_company_cannot_show_itself_under_a_name_that_is_not_its_own() -> None:
    form_class = KnownCompanyForm.for_names(["Delta"])
    form = form_class(Draft(CONTACT | {"display_name": ["Ministerie"]}))
    assert not form.validate()
    assert "display_name" in form.errors


def test_a_company_that_the_trade_register_does_not_know_is_typed() -> None:
    typed = {
        "name": ["Zelf Getypt"],
        "street": ["Dam"],
        "house_number": ["1"],
        "postcode": ["1012jl"],
        "city": ["Amsterdam"],
    }
    form = TypedCompanyForm(Draft(CONTACT | typed))
    assert form.validate()
    variables = form.variables()
    assert variables["company"]["known"] is False
    assert variables["company"]["facts"]["postcode"] == "1012 JL"
    again = TypedCompanyForm(None, data=TypedCompanyForm.data_from(variables))
    assert again["city"].data == "Amsterdam"
    assert again["contact_email"].data == "info@scholing.nl"


def test_going_back_gives_the_process_nothing_but_the_way() -> None:
    form = TypedCompanyForm(Draft({"next": ["back"]}))
    assert form.is_going_back
    assert form.variables() == {"next": "back"}


@pytest.mark.rule("R43")
def test_a_phone_number_is_optional_and_an_address_is_not() -> None:
    form = ContactForm(Draft({"contact_name": ["Jo"]}))
    assert not form.validate()
    assert set(form.errors) == {"contact_email"}


def test_a_draft_keeps_what_was_typed_as_it_was_typed() -> None:
    draft = TypedCompanyForm(Draft({"postcode": ["12"], "contact_name": ["Jo"]})).draft()
    form = TypedCompanyForm.from_draft(draft)
    assert 'value="12"' in form["postcode"]()
    assert 'value="Jo"' in form["contact_name"]()
