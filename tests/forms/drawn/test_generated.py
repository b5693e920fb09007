"""Fields of a diagram in a form: asked and judged like coded ones, and typed when they are kept."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from forms.drawn.generated import with_fields
from forms.drawn.values import PREFIX, as_data, as_json, shown
from forms.fields import ShownField
from forms.provider.registration import CompanyDetailsForm, KnownCompanyForm, ReviewForm
from forms.registry import FORMS, UserTaskForm
from processes.engine.diagram.form_fields import FieldType, FormField
from tests.forms.errors import errors_by_field

KINDS = (("a", "Appel"), ("b", "Banaan"))
EVERY = [
    FormField("naam", "Uw naam", is_required=True, shortest=2, longest=20),
    FormField("verhaal", "Uw verhaal", FieldType.LONG_TEXT),
    FormField("mensen", "Hoeveel mensen?", FieldType.NUMBER, least=1, most=500),
    FormField("uren", "Hoeveel uren?", FieldType.DECIMAL),
    FormField("begin", "Begin", FieldType.DATE),
    FormField("akkoord", "Gaat u akkoord?", FieldType.YES_NO, is_required=True),
    FormField("soort", "Soort", FieldType.CHOICE, choices=KINDS),
    FormField("mail", "E-mail", FieldType.EMAIL),
    FormField("bedrijf", "KvK-nummer", FieldType.KVK),
    FormField("plaats", "Postcode", FieldType.POSTCODE),
]
ANSWERS = {
    "naam": "Noor",
    "verhaal": "Een\nverhaal",
    "mensen": "12",
    "uren": "3,5",
    "begin": "31-12-2026",
    "akkoord": "nee",
    "soort": "b",
    "mail": "noor@bedrijf.nl",
    "bedrijf": "1234 5678",
    "plaats": "1234ab",
}
TYPED = {
    "naam": "Noor",
    "verhaal": "Een\nverhaal",
    "mensen": 12,
    "uren": 3.5,
    "begin": "2026-12-31",
    "akkoord": False,
    "soort": "b",
    "mail": "noor@bedrijf.nl",
    "bedrijf": "12345678",
    "plaats": "1234 AB",
}


def sent(answers: dict[str, str], **others: str) -> MultiDict[str, str]:
    return MultiDict({**{f"{PREFIX}{name}": text for name, text in answers.items()}, **others})


def filled(answers: dict[str, str], *fields: FormField, **others: str) -> UserTaskForm:
    return with_fields(UserTaskForm, fields or EVERY)(sent(answers, **others))


def test_each_answer_becomes_a_variable_of_its_type() -> None:
    form = filled(ANSWERS)
    assert form.validate(), form.errors
    assert form.variables() == TYPED


def test_what_is_known_already_stands_in_the_form() -> None:
    form_class = with_fields(UserTaskForm, EVERY)
    form = form_class(None, data=form_class.data_from(TYPED))
    assert form[f"{PREFIX}akkoord"].data == "nee"
    assert form[f"{PREFIX}begin"].data == date(2026, 12, 31)
    assert {each.id: as_json(each, field.data) for each, field in form.drawn_fields} == TYPED


def test_what_is_left_out_is_nothing_and_not_an_empty_text() -> None:
    form = filled({"naam": "Noor", "akkoord": "ja"})
    assert form.validate(), form.errors
    left_out = {name: None for name in TYPED if name not in {"naam", "akkoord"}}
    assert form.variables() == left_out | {"naam": "Noor", "akkoord": True}


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("naam", " ", "Vul in: Uw naam."),
        ("naam", "N", "Vul ten minste 2 tekens in."),
        ("naam", "N" * 21, "Maak de tekst korter: hier passen 20 tekens."),
        ("mensen", "0", "Vul 1 of meer in."),
        ("mensen", "501", "Vul 500 of minder in."),
        ("mensen", "3,5", "Vul een heel getal in"),
        ("uren", "veel", "Vul een getal in"),
        ("begin", "31-02-2026", "Deze datum bestaat niet"),
        ("akkoord", "", "Kies ja of nee: Gaat u akkoord?"),
        ("akkoord", "true", "Kies een van de mogelijkheden"),
        ("soort", "c", "Kies een van de mogelijkheden"),
        ("mail", "noor", "Vul één e-mailadres in"),
        ("bedrijf", "123", "Vul een KvK-nummer van acht cijfers in"),
        ("plaats", "0123 AB", "Vul een postcode in"),
    ],
)
def test_a_wrong_answer_is_told_in_dutch(name: str, text: str, message: str) -> None:
    form = filled(ANSWERS | {name: text})
    assert not form.validate()
    assert set(form.errors) == {f"{PREFIX}{name}"}
    assert message in errors_by_field(form)[f"{PREFIX}{name}"]


def test_a_half_filled_form_is_kept_as_it_was_typed() -> None:
    form_class = with_fields(UserTaskForm, EVERY)
    half = form_class(sent({"mensen": "twaalf", "akkoord": "ja"}))
    again = form_class.from_draft(half.draft())
    assert 'value="twaalf"' in again[f"{PREFIX}mensen"]()
    assert again[f"{PREFIX}akkoord"].data == "ja"


def test_a_draft_from_before_a_field_was_added_still_opens() -> None:
    draft = with_fields(UserTaskForm, EVERY[:2])(sent({"naam": "Noor"})).draft()
    again = with_fields(UserTaskForm, EVERY).from_draft(draft)
    assert again[f"{PREFIX}naam"].data == "Noor"
    assert again[f"{PREFIX}akkoord"].data is None


def test_a_coded_form_keeps_its_own_fields_first() -> None:
    extra = FormField("toestemming", "Mag dit?", FieldType.YES_NO, is_required=True)
    form_class = with_fields(KnownCompanyForm.for_names(["De Leerkring"]), [extra])
    contact = {"contact_name": "Noor", "contact_email": "noor@bedrijf.nl", "next": "review"}
    form = form_class(sent({"toestemming": "ja"}, display_name="De Leerkring", **contact))
    assert form.validate(), form.errors
    assert form.variables()["toestemming"] is True
    assert form.variables()["contact"]["name"] == "Noor"
    assert [field.name for field in form][-1] == "veld_toestemming"
    assert "veld_toestemming" not in {field.name for field in form.own_fields}


def test_who_goes_back_leaves_only_what_would_do() -> None:
    fields = [EVERY[2], EVERY[6]]
    form_class = with_fields(CompanyDetailsForm, fields)
    form = form_class(sent({"mensen": "9999", "soort": "b"}, next="back"))
    assert form.is_going_back
    assert form.variables() == {"next": "back", "mensen": None, "soort": "b"}


def test_a_review_that_leads_back_is_not_held_up_by_a_field() -> None:
    assert with_fields(ReviewForm, EVERY)(sent({}, change="company")).is_going_back
    assert not with_fields(ReviewForm, EVERY)(sent({}, change="elders")).is_going_back


def test_a_field_to_read_only_takes_nothing_that_is_sent() -> None:
    told = FormField("stand", "Stand", FieldType.NUMBER, default=3, is_readonly=True)
    form = with_fields(UserTaskForm, [told], {"stand": 7})(sent({"stand": "999"}))
    assert form.validate()
    assert form.variables() == {}
    field = form["veld_stand"]
    assert isinstance(field, ShownField)
    assert field.shown == "7"
    assert with_fields(UserTaskForm, [told])(sent({})).variables() == {"stand": 3}


def test_an_answer_beforehand_stands_in_an_empty_form_alone() -> None:
    field = FormField("mensen", "Mensen", FieldType.NUMBER, default=20)
    form_class = with_fields(UserTaskForm, [field])
    assert form_class(None, data=form_class.data_from({})).variables() == {"mensen": 20}
    assert form_class(None, data=form_class.data_from({"mensen": None})).variables() == {
        "mensen": None
    }
    assert form_class(sent({"mensen": ""})).variables() == {"mensen": None}


def test_many_choices_unfold() -> None:
    choices = tuple((f"c{number}", f"Keuze {number}") for number in range(8))
    field = FormField("c", "Kies", FieldType.CHOICE, choices=choices, is_required=True)
    assert not filled({"c": ""}, field).validate()
    assert not filled({"c": "c9"}, field).validate()
    assert filled({"c": "c7"}, field).variables() == {"c": "c7"}


def test_answers_are_shown_as_people_write_them() -> None:
    texts = {each.id: shown(each, TYPED[each.id]) for each in EVERY}
    assert texts == TYPED | {
        "mensen": "12",
        "uren": "3,5",
        "begin": "31-12-2026",
        "akkoord": "Nee",
        "soort": "Banaan",
    }
    assert shown(EVERY[0], None) == ""


@given(st.sampled_from(EVERY), st.none() | st.booleans() | st.integers() | st.floats() | st.text())
def test_a_variable_of_another_type_breaks_no_form(drawn: FormField, value: Any) -> None:
    data = as_data(drawn, value)
    assert as_json(drawn, data) is None or data is not None
    shown(drawn, value)


@pytest.mark.parametrize("form_class", FORMS.values(), ids=list(FORMS))
def test_every_coded_form_says_which_variables_it_gives(form_class: type[UserTaskForm]) -> None:
    given_back = set(form_class().variables())
    assert given_back <= form_class.gives
