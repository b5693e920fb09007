"""Help for who writes FEEL: the built-in functions with a line each, and the place of a fault."""

import pytest

from processes.engine.language.feel.assistance import Fault, fault_in, offered_functions
from processes.engine.language.feel.builtins import FUNCTIONS
from processes.engine.sentences.catalogue import word_list


def test_every_function_has_one_line_and_no_line_is_left_over() -> None:
    assert set(word_list("feel_functions.lines")) == set(FUNCTIONS)
    assert [each.name for each in offered_functions()] == sorted(FUNCTIONS)


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("1 + ) 2", ")"),
        ('if a then "x"', '"'),
        ('concat("a", 1)', "concat"),
        ("[1, 2", "2"),
        ("a b", "b"),
    ],
)
def test_a_fault_in_an_expression_is_marked_at_its_word(text: str, marked: str) -> None:
    fault = fault_in(text)
    assert fault is not None
    assert text[fault.start : fault.end] == marked


@pytest.mark.parametrize("text", ["", " ", "-", " - ", "< 3", '"po", "vo"', "[1..5)", "? > a"])
def test_cells_that_can_be_read_have_no_fault(text: str) -> None:
    assert fault_in(text, is_cell=True) is None


def test_the_place_in_a_cell_counts_its_spaces() -> None:
    fault = fault_in("  < )", is_cell=True)
    assert isinstance(fault, Fault)
    assert fault.start == 4


def test_a_fault_lies_within_its_text() -> None:
    for text in ("(", '"', "1 +", "for", "{", "x." * 3000):
        fault = fault_in(text)
        assert fault is not None
        assert 0 <= fault.start < fault.end <= len(text)
