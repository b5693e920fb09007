"""Return for correction: comments per answer, and what changed since the last review."""

from types import SimpleNamespace
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from forms.pages import Answered
from forms.provider.corrections import ReviewAnswersForm, corrections_in
from forms.registry import form_class_for

ANSWERS = [Answered("naam", "Naam", "Cursus rekenen"), Answered("uren", "Uren", "12")]


def form(**typed: str) -> Any:
    case: Any = SimpleNamespace(answered=ANSWERS, variables={})
    return form_class_for("review-answers", case)(MultiDict(typed))


def test_a_return_carries_the_comments_and_what_was_reviewed() -> None:
    sent = form(decision="returned", opmerking_uren="Klopt dit?", opmerking_naam=" ")
    assert sent.validate()
    assert sent.variables() == {
        "review_decision": "returned",
        "corrections": {"uren": "Klopt dit?"},
        "correction_remark": "",
        "reviewed": {"naam": "Cursus rekenen", "uren": "12"},
    }


def test_an_approval_leaves_no_comments() -> None:
    sent = form(decision="approved", opmerking_uren="Netjes", remark="Mooi")
    assert sent.validate()
    given = sent.variables()
    assert (given["corrections"], given["correction_remark"]) == ({}, "")
    assert given["reviewed"]["uren"] == "12"


@pytest.mark.parametrize("typed", [{}, {"decision": "x"}, {"decision": "returned"}])
def test_who_sends_back_says_what_is_wrong(typed: dict[str, str]) -> None:
    sent = form(**typed)
    assert not sent.validate()
    assert sent.decision.errors


def test_a_general_remark_is_enough() -> None:
    assert form(decision="returned", remark="Vul alles in").validate()


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ({}, {"naam": None, "uren": None}),
        ({"naam": "Cursus rekenen", "uren": "10"}, {"naam": None, "uren": "10"}),
        ({"uren": 10}, {"naam": None, "uren": None}),
        ({"uren": ""}, {"naam": None, "uren": ""}),
    ],
)
def test_the_next_reviewer_sees_what_changed(
    before: dict[str, Any], expected: dict[str, str | None]
) -> None:
    seen = {each.answer.id: each.before for each in form().reviewed(before)}
    assert seen == expected


RETURNED = {"review_decision": "returned", "corrections": {"uren": "Klopt dit?", "x": "y"}}


@pytest.mark.parametrize(
    ("variables", "comments"),
    [
        (RETURNED, {"uren": "Klopt dit?"}),
        ({**RETURNED, "review_decision": "approved"}, {}),
        ({**RETURNED, "corrections": "tekst"}, {}),
        ({**RETURNED, "corrections": {"uren": ""}}, {}),
        ({}, {}),
    ],
)
def test_a_task_shows_what_was_asked_of_its_own_fields(
    variables: dict[str, Any], comments: dict[str, str]
) -> None:
    assert corrections_in(variables, ["naam", "uren"]).comments == comments


def test_a_task_without_fields_shows_nothing() -> None:
    assert not corrections_in({**RETURNED, "correction_remark": "Vul alles in"}, [])


def test_a_form_without_answers_still_judges() -> None:
    sent = ReviewAnswersForm(MultiDict({"decision": "approved"}))
    assert sent.validate()
    assert sent.variables()["reviewed"] == {}
