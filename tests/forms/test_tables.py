"""A table in a form: empty rows do not count, wrong cells are told, nothing typed is lost."""

from typing import Any

from werkzeug.datastructures import MultiDict

from forms.drawn.generated import with_fields
from forms.drawn.values import shown
from forms.registry import Draft, UserTaskForm
from processes.engine.diagram.form_fields import FieldType, FormField

COLUMNS = (
    FormField("naam", "Naam", is_required=True),
    FormField("uren", "Uren", FieldType.NUMBER, least=1),
)
TABLE = FormField("cursussen", "Welke cursussen?", FieldType.TABLE, most=3, columns=COLUMNS)


def form(typed: dict[str, str] | None = None, table: FormField = TABLE, **known: Any) -> Any:
    form_class = with_fields(UserTaskForm, (table,))
    if typed is None:
        return form_class(None, data=form_class.data_from(known))
    return form_class(MultiDict({cell(name): text for name, text in typed.items()}))


def cell(name: str) -> str:
    number, column = name.split(".")
    return f"veld_cursussen-{number}-veld_{column}"


def test_the_rows_with_an_answer_are_the_value() -> None:
    made = form({"0.naam": "Rekenen", "0.uren": "8", "2.naam": "Taal", "1.naam": " "})
    assert made.validate()
    rows = [{"naam": "Rekenen", "uren": 8}, {"naam": "Taal", "uren": None}]
    assert made.variables() == {"cursussen": rows}


def test_a_wrong_cell_is_told_at_its_place() -> None:
    made = form({"0.uren": "0"})
    assert not made.validate()
    first, second, _third = made["veld_cursussen"].entries
    assert [bool(field.errors) for field in first] == [True, True]
    assert not second.errors


def test_a_table_may_be_left_empty_unless_a_row_is_wanted() -> None:
    assert form({}).variables() == {"cursussen": []}
    wanted = FormField(
        "cursussen", "Welke?", FieldType.TABLE, is_required=True, most=3, columns=COLUMNS
    )
    made = form({"0.naam": ""}, wanted)
    assert not made.validate()
    assert made["veld_cursussen"].errors == ["Vul ten minste één rij in: Welke?"]


def test_a_draft_brings_every_cell_back() -> None:
    made = form({"1.naam": "Taal", "1.uren": "veel"})
    again = type(made).from_draft(made.draft())
    assert [field.raw_data for field in again["veld_cursussen"].entries[1]] == [["Taal"], ["veel"]]
    assert isinstance(Draft(made.draft()), Draft)


def test_earlier_answers_stand_in_the_rows() -> None:
    made = form(cursussen=[{"naam": "Rekenen", "uren": 8}])
    first = made["veld_cursussen"].entries[0]
    assert [field.data for field in first] == ["Rekenen", 8]
    assert made["veld_cursussen"].open_rows == 2
    assert form(cursussen="niets")["veld_cursussen"].data == []


def test_a_table_reads_as_text() -> None:
    assert shown(TABLE, [{"naam": "Rekenen", "uren": 8}, {"naam": "Taal"}]) == (
        "Naam Rekenen, Uren 8; Naam Taal"
    )
