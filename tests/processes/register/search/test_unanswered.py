"""Questions that found nothing: counted, bounded, and nothing of a person in them."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from processes.base import now, own_clock
from processes.register.search import unanswered


def kept(session: Session) -> list[tuple[str, int]]:
    return [(each.text, each.times) for each in unanswered.most_asked(session)]


def test_a_question_is_counted_in_one_spelling(session: Session) -> None:
    for text in ("Codeerles", " codeerles  ", "geldzaken"):
        unanswered.count(session, text)
        session.expire_all()
    assert kept(session) == [("codeerles", 2), ("geldzaken", 1)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "jan@school.nl",
        "06 12345678",
        "1234 AB",
        "12-05-1990",
        "https://voorbeeld.nl",
        "www.voorbeeld.nl",
        "x" * 61,
    ],
)
def test_what_may_be_of_a_person_or_no_question_is_not_kept(session: Session, text: str) -> None:
    unanswered.count(session, text)
    assert kept(session) == []


def test_the_list_has_an_end(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unanswered, "MOST", 3)
    for text in ("een", "twee", "drie", "vier", "een"):
        unanswered.count(session, text)
        session.expire_all()
    assert dict(kept(session)) == {"een": 2, "twee": 1, "drie": 1}


def test_what_was_not_asked_for_ninety_days_goes(session: Session) -> None:
    then = now() - timedelta(days=91)
    with own_clock(lambda: then):
        unanswered.count(session, "toen")
    unanswered.count(session, "nu")
    assert unanswered.EXPIRED.ask(session, now())
    unanswered.drop_expired(session, now())
    assert not unanswered.EXPIRED.ask(session, now())
    assert kept(session) == [("nu", 1)]
