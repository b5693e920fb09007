"""Fields under a condition, under a heading, and opening with what is known."""

from typing import Any

import pytest
from werkzeug.datastructures import MultiDict
from wtforms import Field

from forms.drawn.form import ASKED
from forms.drawn.generated import with_fields
from forms.registry import UserTaskForm
from processes.engine.diagram.form_fields import FieldType, FormField

KIND = FormField(
    "soort", "Wat voor klacht is het?", FieldType.CHOICE, choices=(("a", "A"), ("anders", "Anders"))
)
WHICH = FormField(
    "welke", "Welke dan?", is_required=True, visible="${soort == 'anders'}", group="Over de klacht"
)
DEEPER = FormField("waarom", "Waarom?", visible="${welke != null and len(welke) > 3}")


def form(*fields: FormField, typed: dict[str, str] | None = None, **known: Any) -> Any:
    form_class = with_fields(UserTaskForm, fields, known)
    if typed is None:
        return form_class(None, data=form_class.data_from({}))
    return form_class(MultiDict({f"veld_{name}": text for name, text in typed.items()}))


def asked(made: Any) -> list[str]:
    return [each.id for each, _field in made.drawn_fields]


def test_a_field_is_asked_while_its_condition_holds() -> None:
    assert asked(form(KIND, WHICH)) == ["soort"]
    assert asked(form(KIND, WHICH, typed={"soort": "anders"})) == ["soort", "welke"]
    assert asked(form(KIND, WHICH, typed={"soort": "a"})) == ["soort"]


def test_what_is_not_asked_is_not_judged_and_gives_nothing() -> None:
    made = form(KIND, WHICH, typed={"soort": "a", "welke": "blijft staan"})
    assert made.validate()
    assert made.variables() == {"soort": "a", "welke": None}
    assert made.draft()["veld_welke"] == ["blijft staan"]


def test_what_appears_is_judged() -> None:
    made = form(KIND, WHICH, typed={"soort": "anders"})
    assert not made.validate()
    assert set(made.errors) == {"veld_welke"}


def test_a_condition_on_a_hidden_answer_does_not_hold() -> None:
    typed = {"soort": "a", "welke": "de cursus"}
    assert asked(form(KIND, WHICH, DEEPER, typed=typed)) == ["soort"]
    typed["soort"] = "anders"
    assert asked(form(KIND, WHICH, DEEPER, typed=typed)) == ["soort", "welke", "waarom"]


def test_an_optional_question_that_appears_is_asked_once_before_it_is_skipped() -> None:
    typed = {"soort": "anders", "welke": "de cursus"}
    first = form(KIND, WHICH, DEEPER, typed=typed)
    assert not first.validate()
    assert first.form_errors == ["Door uw antwoorden is er een vraag bij gekomen: Waarom?"]
    shown = "welke waarom"
    assert f'value="{shown}"' in first[ASKED]()
    names = {f"veld_{name}": text for name, text in typed.items()} | {ASKED: shown}
    second = with_fields(UserTaskForm, (KIND, WHICH, DEEPER))(MultiDict(names))
    assert second.validate()
    assert second.variables() == {**typed, "waarom": None}


def test_a_condition_sees_the_variables_around_the_form() -> None:
    field = FormField("x", "X", visible="${bedrag > 100}")
    assert asked(form(field, bedrag=101)) == ["x"]
    assert asked(form(field, bedrag=99)) == []
    assert asked(form(field)) == []


@pytest.mark.parametrize(
    ("given", "is_asked"),
    [("false", False), ("true", True), ("", False), ("iets", True), (0, False), (["a"], True)],
)
def test_a_condition_holds_where_something_is_filled_in(given: object, is_asked: bool) -> None:
    assert bool(asked(form(FormField("x", "X", visible="${eerder}"), eerder=given))) is is_asked


def test_a_read_only_field_may_depend_on_an_answer() -> None:
    field = FormField("prijs", "Prijs", is_readonly=True, visible="${soort == 'a'}")
    made = form(KIND, field, typed={"soort": "a"}, prijs="10 euro")
    assert asked(made) == ["soort", "prijs"]
    assert "prijs" not in made.variables()


def test_neighbours_of_a_group_stand_under_one_heading() -> None:
    fields = (
        FormField("a", "A", group="Uw klacht"),
        FormField("b", "B", group="Uw klacht"),
        FormField("c", "C"),
    )
    runs = form(*fields).drawn_runs
    assert [(run.heading, [box.drawn.id for box in run.boxes]) for run in runs] == [
        ("Uw klacht", ["a", "b"]),
        ("", ["c"]),
    ]


def test_a_heading_stands_above_what_is_asked_only() -> None:
    assert [run.is_shown for run in form(KIND, WHICH).drawn_runs] == [True, False]
    typed = form(KIND, WHICH, typed={"soort": "anders"})
    assert [run.is_shown for run in typed.drawn_runs] == [True, True]


def test_a_field_opens_with_what_is_known() -> None:
    field = FormField("naam", "Naam", default="?", prefill='${company["name"]}')
    assert form(field, company={"name": "De Leerkring"})["veld_naam"].data == "De Leerkring"
    assert form(field, company={})["veld_naam"].data == "?"
    assert form(field)["veld_naam"].data == "?"


def test_an_answer_goes_before_what_it_would_open_with() -> None:
    field = FormField("naam", "Naam", prefill='${company["name"]}')
    form_class = with_fields(UserTaskForm, (field,), {"company": {"name": "De Leerkring"}})
    assert form_class.data_from({"naam": "Anders"}) == {"veld_naam": "Anders"}
    assert form_class.data_from({"naam": None}) == {"veld_naam": None}


def test_what_does_not_fit_the_type_opens_nothing() -> None:
    field = FormField("aantal", "Aantal", FieldType.NUMBER, prefill="${wie}")
    assert form(field, wie="niemand")["veld_aantal"].data is None


def test_what_was_judged_is_not_judged_again_for_its_variable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = form(KIND, typed={"soort": "a"})
    assert made.validate()

    def judge(*_given: Any) -> bool:
        raise AssertionError

    monkeypatch.setattr(Field, "validate", judge)
    assert made.variables() == {"soort": "a"}


def test_of_what_was_not_judged_only_what_would_do_is_a_variable() -> None:
    good, wrong = FormField("a", "A", FieldType.NUMBER), FormField("b", "B", FieldType.NUMBER)
    made = form(good, wrong, typed={"a": "5", "b": "vijf"})
    assert made.variables() == {"a": 5, "b": None}
    assert not made.validate()
    assert made.variables() == {"a": 5, "b": None}
