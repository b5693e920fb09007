"""JSON variables are judged by a form as its page judges what people type."""

import json
from types import MappingProxyType
from typing import Any, cast

import pytest

from forms.choices import ChoicesField
from forms.drawn import json_answers as answers
from forms.drawn.generated import with_fields
from forms.drawn.json_answers import judged
from forms.pages import Answered, Case
from forms.provider.corrections import ReviewAnswersForm
from forms.registry import UserTaskForm
from processes.engine.diagram.form_fields import FieldType, FormField
from tests.forms.drawn.test_generated import ANSWERS, EVERY, TYPED, sent
from tests.forms.errors import errors_by_field

COURSES = FormField(
    "cursussen",
    "Cursussen",
    FieldType.TABLE,
    most=3,
    columns=(
        FormField("naam", "Naam", is_required=True),
        FormField("uren", "Uren", FieldType.DECIMAL),
    ),
)
ASKS_MORE = [
    FormField("anders", "Anders?", FieldType.YES_NO, is_required=True),
    FormField("welke", "Welke?", is_required=True, visible="${anders}"),
]


def form(*fields: FormField, **around: Any) -> type[UserTaskForm]:
    return with_fields(UserTaskForm, fields, around)


def wrong(form_class: type[UserTaskForm], given: dict[str, Any]) -> dict[str, str]:
    _answers, found = judged(form_class, given)
    return {"/".join(map(str, each.path)): each.detail for each in found}


def test_values_of_every_type_come_out_as_from_the_page() -> None:
    form_class = form(*EVERY)
    page = form_class(sent(ANSWERS))
    assert page.validate()
    assert judged(form_class, TYPED) == (page.variables(), [])
    assert page.variables() == TYPED


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("naam", "x"),
        ("naam", "x" * 21),
        ("naam", "  "),
        ("mensen", 0),
        ("mensen", 501),
        ("soort", "c"),
        ("mail", "geen adres"),
        ("bedrijf", "123"),
        ("plaats", "12345"),
    ],
)
def test_a_value_that_is_no_answer_gets_the_sentence_of_the_page(name: str, value: Any) -> None:
    form_class = form(*EVERY)
    page = form_class(sent({**ANSWERS, name: str(value)}))
    assert not page.validate()
    assert wrong(form_class, {**TYPED, name: value}) == {
        name: errors_by_field(page)[f"veld_{name}"]
    }


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("naam", 1, answers.NO_TEXT),
        ("verhaal", ["x"], answers.NO_TEXT),
        ("mensen", "12", answers.NO_WHOLE),
        ("mensen", 1.5, answers.NO_WHOLE),
        ("mensen", True, answers.NO_WHOLE),
        ("uren", "3,5", answers.NO_NUMBER),
        ("uren", float("inf"), answers.NO_NUMBER),
        ("begin", "31-12-2026", answers.NO_DATE),
        ("begin", 20261231, answers.NO_DATE),
        ("akkoord", "nee", answers.NO_BOOLEAN),
        ("akkoord", 0, answers.NO_BOOLEAN),
        ("soort", True, answers.NO_TEXT),
    ],
)
def test_a_value_of_another_json_type_is_refused(name: str, value: Any, told: str) -> None:
    assert wrong(form(*EVERY), {**TYPED, name: value}) == {name: told}


@pytest.mark.parametrize(
    ("value", "expected"),
    [(1.5, 1.5), (1000, 1000), (1.125, 1.125), (1e-7, 1e-7), (-2.5, -2.5), (1e14, 1e14)],
)
def test_a_number_keeps_its_value(value: float, expected: float) -> None:
    """Also 1.125, which reads as a thousand on the page when it is written with a point."""
    form_class = form(FormField("n", "Getal", FieldType.DECIMAL))
    assert judged(form_class, {"n": value}) == ({"n": expected}, [])


def test_a_whole_number_may_be_written_as_a_decimal() -> None:
    form_class = form(FormField("n", "Getal", FieldType.NUMBER))
    found, _wrong = judged(form_class, {"n": 5.0})
    assert json.dumps(found) == '{"n": 5}'


def test_everything_that_is_wrong_comes_at_once() -> None:
    assert set(wrong(form(*EVERY), {"mensen": 0, "uren": "x", "x": 1})) == {
        "naam",
        "mensen",
        "uren",
        "akkoord",
        "x",
    }


def test_what_is_missing_or_null_is_no_answer() -> None:
    form_class = form(FormField("a", "A"), FormField("b", "B", FieldType.NUMBER))
    assert judged(form_class, {"a": None}) == ({"a": None, "b": None}, [])


def test_a_field_of_which_nothing_is_said_keeps_what_its_page_opens_with() -> None:
    fields = (FormField("a", "A", default="x"), FormField("b", "B", is_required=True))
    assert judged(form(*fields), {}, {"b": "eerder"}) == ({"a": "x", "b": "eerder"}, [])
    assert judged(form(*fields), {"a": "y", "b": "nu"}, {"b": "eerder"})[0]["b"] == "nu"
    assert [each.path for each in judged(form(*fields), {"b": None}, {"b": "eerder"})[1]] == [
        ("b",)
    ]


def test_files_are_kept_as_they_are_and_named_by_what_is_known_of_them() -> None:
    file = {"id": "1", "name": "a.pdf", "size": 5, "type": "application/pdf"}
    asked = FormField("bijlage", "Bijlage", FieldType.FILE, is_required=True, kinds=("pdf",))
    assert judged(form(asked), {}, {"bijlage": [file]}) == ({"bijlage": [file]}, [])
    assert judged(form(asked), {"bijlage": [file]}) == ({"bijlage": [file]}, [])
    for unknown in ("a.pdf", file, [{"id": "1"}], ["1"]):
        assert wrong(form(asked), {"bijlage": unknown}) == {"bijlage": answers.NO_FILES}
    assert set(wrong(form(asked), {})) == {"bijlage"}


def test_a_question_is_asked_under_its_condition_alone() -> None:
    form_class = form(*ASKS_MORE)
    assert wrong(form_class, {"anders": True}) == {"welke": "Beantwoord de vraag: Welke?"}
    assert judged(form_class, {"anders": False}) == ({"anders": False, "welke": None}, [])
    assert wrong(form_class, {"anders": False, "welke": "x"}) == {"welke": answers.NOT_ASKED}
    assert judged(form_class, {"anders": True, "welke": "x"})[1] == []


def test_an_optional_question_that_appears_needs_no_second_request() -> None:
    optional = FormField("welke", "Welke?", visible="${anders}")
    assert judged(form(ASKS_MORE[0], optional), {"anders": True})[1] == []


def test_what_is_fixed_cannot_be_given() -> None:
    fixed = FormField("verhaal", "Verhaal", is_readonly=True)
    assert wrong(form(fixed, verhaal="x"), {"verhaal": "y"}) == {"verhaal": answers.READ_ONLY}
    assert judged(form(fixed, verhaal="x"), {}) == ({}, [])


def test_a_day_far_away_is_not_asked_about_twice() -> None:
    form_class = form(FormField("dag", "Dag", FieldType.DATE))
    assert judged(form_class, {"dag": "2199-12-31"}) == ({"dag": "2199-12-31"}, [])


def test_a_table_is_judged_by_row_and_column() -> None:
    form_class = form(COURSES)
    rows = [{"naam": "Rekenen", "uren": 3.5}, {"naam": "Taal", "uren": None}]
    assert judged(form_class, {"cursussen": rows})[0]["cursussen"][0] == rows[0]
    assert wrong(
        form_class, {"cursussen": [rows[0], {"uren": 1}, {"naam": 5, "x": 1, "uren": "a"}]}
    ) == {
        "cursussen/1/naam": "Vul in: Naam.",
        "cursussen/2/naam": answers.NO_TEXT,
        "cursussen/2/x": answers.UNKNOWN,
        "cursussen/2/uren": answers.NO_NUMBER,
    }


@pytest.mark.parametrize("value", ["x", {"naam": "x"}, [1], [["x"]]])
def test_a_table_is_a_list_of_rows(value: Any) -> None:
    assert wrong(form(COURSES), {"cursussen": value}) == {"cursussen": answers.NO_ROWS}


def test_more_rows_than_fit_are_told() -> None:
    found = wrong(form(COURSES), {"cursussen": [{"naam": "x"}] * 4})
    assert found == {"cursussen": "Hier passen 3 rijen."}


class Reviewing:
    """A case with two answers to review."""

    answered = (Answered("a", "A", "x"), Answered("b", "B", "y"))


def test_a_review_takes_its_decision_and_comments_by_the_names_of_the_variables() -> None:
    narrow = ReviewAnswersForm.page.narrow
    assert narrow is not None
    form_class = narrow(cast("Case", Reviewing()))
    given = {"review_decision": "returned", "corrections": {"b": "Leg uit."}}
    found, nothing = judged(form_class, given)
    assert nothing == []
    assert found == {
        **given,
        "correction_remark": "",
        "reviewed": {"a": "x", "b": "y"},
    }
    assert set(wrong(form_class, {"corrections": {"c": "x"}})) == {
        "corrections/c",
        "review_decision",
    }
    assert wrong(form_class, {"review_decision": "returned", "corrections": "x"}) == {
        "corrections": answers.NO_OBJECT,
        "review_decision": "Schrijf bij een antwoord of in het algemeen op wat er moet veranderen.",
    }


def test_a_file_that_is_there_stays() -> None:
    file = {"id": "1", "name": "a.pdf", "size": 1, "type": "application/pdf"}
    asks = form(
        FormField("bewijs", "Bewijs", FieldType.FILE, kinds=("pdf",)), FormField("naam", "")
    )
    given, found = judged(asks, {"naam": "Anna"}, {"bewijs": [file]})
    assert (given, found) == ({"bewijs": [file], "naam": "Anna"}, [])
    assert judged(asks, {"naam": "Anna", "bewijs": None}, {"bewijs": [file]})[0]["bewijs"] is None


class ChoosingForm(UserTaskForm):
    """A form of Loket itself with check boxes."""

    json_names = MappingProxyType({("gekozen",): "chosen"})
    chosen = ChoicesField("Welke?", choices=[("a", "A"), ("b", "B"), ("c", "C")])

    def variables(self) -> dict[str, Any]:
        return {"gekozen": self.chosen.data}


def test_check_boxes_take_a_list() -> None:
    assert judged(ChoosingForm, {"gekozen": ["a", "c"]}) == ({"gekozen": ["a", "c"]}, [])
    assert judged(ChoosingForm, {"gekozen": []}) == ({"gekozen": []}, [])
    assert answers.type_of(ChoosingForm().chosen) == "list"
    assert set(wrong(ChoosingForm, {"gekozen": ["a", "x"]})) == {"gekozen"}


@pytest.mark.parametrize("value", ["a", [1], [None], {"a": True}])
def test_check_boxes_take_nothing_but_a_list_of_texts(value: Any) -> None:
    assert wrong(ChoosingForm, {"gekozen": value}) == {"gekozen": answers.NO_TEXTS}
