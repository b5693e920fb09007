"""Fields for files in a diagram: kinds, size and number that exist, and where they may stand."""

import pytest

from tests.processes.engine.checks.rules.forms.test_fields import asks
from tests.processes.engine.checks.rules.judging import (
    Example,
    assert_bad_is_found,
    assert_good_is_clean,
    found,
)
from tests.processes.engine.checks.rules.test_beginning import begun
from tests.processes.engine.form_fields import field, form

GOOD = asks(
    field("bewijs", "file", required="", max="10", kinds="pdf, WORD", largest="20"),
    field("foto", "file", readonly="true"),
)
PUBLIC = ' camunda:candidateStarterGroups="provider, public"'
EXAMPLES = {
    "form-field-file-kinds": Example(asks(field("x", "file", kinds="pdf, exe")), GOOD),
    "form-field-file-size": Example(asks(field("x", "file", largest="21")), GOOD),
    "form-field-file-number": Example(asks(field("x", "file", max="11")), GOOD),
    "form-field-file-place": Example(asks(field("x", "file", prefill="${kvk}")), GOOD),
    "form-field-file-only": Example(asks(field("x", "string", kinds="pdf")), GOOD),
}


@pytest.mark.parametrize("rule", EXAMPLES)
def test_what_is_wrong_is_found(rule: str) -> None:
    assert_bad_is_found(rule, EXAMPLES[rule])


@pytest.mark.parametrize("rule", EXAMPLES)
def test_what_is_right_is_clean(rule: str) -> None:
    assert_good_is_clean(rule, EXAMPLES[rule])


@pytest.mark.parametrize("text", ["0", "-1", "1,5", "10 MB", "x", "²"])
def test_a_size_is_a_whole_number_of_megabytes(text: str) -> None:
    rules = {each.rule for each in found(asks(field("x", "file", largest=text)))}
    assert "form-field-file-size" in rules


@pytest.mark.parametrize("number", ["0", "-1", "1,5", "veel"])
def test_a_number_of_files_is_a_whole_number(number: str) -> None:
    rules = {each.rule for each in found(asks(field("x", "file", max=number)))}
    assert "form-field-file-number" in rules


def test_a_file_is_no_column_and_has_nothing_beforehand() -> None:
    table = field("lijst", "table")
    messages = [
        each.message
        for xml in (
            asks(table, field("x", "file", **{"in": "lijst"})),
            asks(field("x", "file", default="a.pdf")),
        )
        for each in found(xml)
        if each.rule == "form-field-file-place"
    ]
    assert ["tabel" in messages[0], "defaultValue" in messages[1]] == [True, True]


def test_a_start_form_asks_files_also_of_who_is_not_signed_in() -> None:
    start = form(field("x", "file"))
    assert "form-field-file-place" not in {
        each.rule for each in found(begun(start, written=PUBLIC))
    }
