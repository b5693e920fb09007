"""Lists of words that staff keeps: what they change in search, and which offers are keyed anew."""

import pytest
from sqlalchemy.orm import Session

from processes.register.offers.offers import OfferStatus
from processes.register.offers.search.indexing import rebuild, verify, write_anew
from processes.register.search.rekeying import affected_by
from processes.register.search.word_lists import (
    EXCEPTIONS,
    SYNONYMS,
    problems_of,
    word_lists,
)
from processes.register.texts import change
from tests.processes.register.conftest import NewOffer

from .library import Library

TITLES = ("Inclusie in de klas", "Passend onderwijs", "Escaperoom", "Loopbaan", "Lopen")


@pytest.fixture
def library(session: Session, new_offer: NewOffer) -> Library:
    for title in TITLES:
        new_offer(title=title, content="Iets.", contribution="Iets.", status=OfferStatus.PUBLISHED)
    return Library(session, {})


def titles(library: Library, text: str) -> set[str]:
    return {offer.title for offer in library.search(text=text)}


def keep(library: Library, key: str, text: str | None, based_on: int = 0) -> list[str]:
    """Change a list; the titles of what is keyed anew for it."""
    version = change(library.session, key, text=text, based_on=based_on, by="Anna").version
    offer_ids = affected_by(library.session, key, version)
    by_id = {offer.id: offer.title for offer in library.search()}
    write_anew(library.session, offer_ids)
    assert verify(library.session) == []
    return sorted(by_id[offer_id] for offer_id in offer_ids)


def test_synonyms_of_words_and_phrases_find_each_other_until_they_are_gone(
    library: Library,
) -> None:
    assert titles(library, "inclusie") == {"Inclusie in de klas"}
    text = "inclusie, passend onderwijs, Inclusief onderwijs\nontsnappingskamer, escaperoom"
    anew = keep(library, SYNONYMS, text)
    assert anew == ["Escaperoom", "Inclusie in de klas", "Passend onderwijs"]
    both = {"Inclusie in de klas", "Passend onderwijs"}
    for asked in ("inclusie", "passend onderwijs", "inclusief onderwijs"):
        assert titles(library, asked) == both, asked
    assert titles(library, "ontsnappingskamers") == {"Escaperoom"}
    assert keep(library, SYNONYMS, "ontsnappingskamer, escaperoom", based_on=1) == [
        *("Inclusie in de klas", "Passend onderwijs"),
    ]
    assert titles(library, "inclusie") == {"Inclusie in de klas"}
    assert keep(library, SYNONYMS, None, based_on=2) == ["Escaperoom"]
    assert titles(library, "escaperoom") == {"Escaperoom"}


def test_between_a_change_and_its_job_the_words_find_what_they_found(library: Library) -> None:
    change(library.session, SYNONYMS, text="escaperoom, spelkamer", based_on=0, by="Anna")
    assert titles(library, "escaperoom") == {"Escaperoom"}


def test_an_exception_says_which_forms_are_one_word(library: Library) -> None:
    assert titles(library, "liep") == set()
    assert keep(library, EXCEPTIONS, "lopen: liep, gelopen") == ["Lopen"]
    assert titles(library, "liep") == titles(library, "lopen") == {"Lopen"}
    assert titles(library, "gelopen") == {"Lopen"}
    assert rebuild(library.session) == len(TITLES)
    assert titles(library, "gelopen") == {"Lopen"}


@pytest.mark.parametrize(
    ("asked", "other"),
    [("chemie", "natuurkunde"), ("docent", "natuurkunde"), ("natuurkunde", "scheikunde")],
)
def test_what_staff_adds_joins_the_groups_of_the_code(asked: str, other: str) -> None:
    lists = word_lists("natuurkunde, scheikunde\nscheikunde, docent", "")
    assert lists.key(asked) == lists.key(other)
    assert lists.key("leraar") == lists.key("chemie")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "een, les",
            ["Regel 1: op “een” wordt niet gezocht, want dat staat in bijna elke tekst."],
        ),
        ("\nalleen", ["Regel 2: zet hier twee of meer woorden, met een komma ertussen."]),
        ("!!!, ???", ["Regel 1: zet hier twee of meer woorden, met een komma ertussen."]),
        ("a, bcd", ["Regel 1: “a” is te kort."]),
        (", ".join(f"woord{n}" for n in range(21)), ["Regel 1: zet hier hoogstens 20 woorden."]),
        ("foto's, kiekjes\n\nÉén-op-één, bijles", []),
    ],
)
def test_each_line_has_a_group_of_words(text: str, said: list[str]) -> None:
    assert problems_of(text) == said


def test_many_words_are_looked_up_in_parts(library: Library) -> None:
    lines = [f"woord{n}, anders{n}" for n in range(300)]
    assert keep(library, SYNONYMS, "\n".join([*lines, "escaperoom, spelkamer"])) == ["Escaperoom"]
