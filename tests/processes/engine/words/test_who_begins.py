"""The owner reads who or what begins a process."""

import pytest

from processes.engine.words.who_begins import who_begins
from tests.app.begin.complaints import SUBJECT, complaint
from tests.processes.engine.diagrams import chain, message, node, process, timer


def told(xml: bytes) -> str:
    ((_name, sentences),) = who_begins(xml)
    return " ".join(sentences)


def test_who_may_begin_is_named() -> None:
    text = told(complaint(SUBJECT, groups="provider, teacher"))
    assert text == (
        "Dit mag beginnen: een aanbieder of een leraar."
        " Het begint ook door een ander proces of Loket zelf."
    )


def test_an_account_that_may_begin_is_named() -> None:
    users = ' camunda:candidateStarterUsers="r.jansen, p.visser"'
    text = told(complaint(SUBJECT, groups="registrar", process=users))
    assert text.startswith(
        "Dit mag beginnen: een medewerker van het register, de medewerker met het account"
        ' "r.jansen" of de medewerker met het account "p.visser".'
    )


def test_nobody_begins_what_names_no_group() -> None:
    text = told(complaint(SUBJECT, groups=""))
    assert text.startswith("Dit wordt alleen begonnen door een ander proces of Loket zelf.")
    assert "Niemand kan het zelf beginnen" in text


def test_messages_and_the_clock_are_named() -> None:
    starts = node("startEvent", "s", message("m")) + node(
        "startEvent", "nachts", timer("timeCycle", "R/P1D")
    )
    text = told(process(starts + node("endEvent", "e") + chain("s", "e"), messages=("m",)))
    assert text == (
        "Dit wordt alleen begonnen door het bericht “m”, de klok “nachts” of een ander proces of"
        " Loket zelf."
    )


@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        ("${kvk}", "Per bedrijf loopt er hoogstens één zaak tegelijk."),
        ("${onderwerp}", "Er loopt hoogstens één zaak tegelijk met dezelfde ${onderwerp}."),
    ],
)
def test_how_many_run_at_a_time(key: str, sentence: str) -> None:
    assert told(complaint(SUBJECT, business_key=key)).endswith(sentence)


def test_a_decision_table_is_begun_by_nobody() -> None:
    table = b'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d"/>'
    assert who_begins(table) == []
