"""Stems with their exceptions, compounds, and words as they are typed."""

from functools import partial

import pytest

from processes.register.offers.terms import Area, OfferKind, Sector
from processes.register.search import facets
from processes.register.search.analyser import Text
from processes.register.search.analyser import asked as asked_with
from processes.register.search.analyser import keys_of as keys_with
from processes.register.search.language.lexicon import WordLists
from processes.register.search.language.spelling import cuts, distance, nearest
from processes.register.search.language.stems import split, stem, words

LISTS = WordLists()
asked, keys_of = partial(asked_with, lists=LISTS), partial(keys_with, lists=LISTS)


@pytest.mark.parametrize(
    "forms",
    [
        "school scholen",
        "leraar leraren",
        "cursus cursussen",
        "les lessen",
        "rekenen reken rekende",
        "toets toetsen getoetst",
        "kind kinderen",
        "begeleiden begeleiding begeleider",
        "pesten gepest pesterijen",
        "dyslexie dyslectisch dyslectische",
        "hoogbegaafd hoogbegaafde hoogbegaafdheid",
        "differentieren differentiatie",
        "foto fotos",
        "druk drukke",
        "motiveren motivatie motiverend gemotiveerd",
        "reflectie reflecties reflecteren reflectief",
        "functie functies",
        "competentie competenties",
        "instructie instructies",
        "studie studies",
        "relatie relaties",
        "methode methodes methoden",
        "periode periodes perioden",
        "module modules",
        "theorie theorieen",
        "idee ideeen",
        "schrijven schreef geschreven",
        "creatief creativiteit",
        "techniek technisch technieken",
    ],
)
def test_forms_of_a_word_have_one_stem(forms: str) -> None:
    assert len({stem(form) for form in forms.split()}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [("kaart", "kaars"), ("toets", "toetje"), ("les", "lezen")],
)
def test_other_words_have_other_stems(one: str, other: str) -> None:
    assert stem(one) != stem(other)


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("muziekles", ("muziek", "les")),
        ("gedragsproblemen", ("gedrags", "problemen")),
        ("actieonderzoek", ("actie", "onderzoek")),
        ("voorspelling", ()),
        ("kapitaal", ()),
        ("rekenen", ()),
        ("tafel", ()),
    ],
)
def test_a_compound_of_known_words_has_parts(word: str, parts: tuple[str, ...]) -> None:
    assert split(word) == parts


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("'s-Hertogenbosch", ["shertogenbosch", "hertogenbosch"]),
        ("e-learning", ["elearning", "learning"]),
        ("vo/mbo", ["vo", "mbo"]),
        ("foto\u2019s", ["foto"]),
        ("Differentiëren &amp; één", ["differentieren", "amp", "een"]),
        ("", []),
    ],
)
def test_words_of_a_text(text: str, found: list[str]) -> None:
    assert words(text) == found


@pytest.mark.parametrize(
    "typed", ["e-learning", "E-Learning", "e learning", "elearning", "webinar"]
)
def test_one_thing_is_asked_alike_however_it_is_typed(typed: str) -> None:
    assert asked(typed)[0].alternatives[0] == ("f=online",)


@pytest.mark.parametrize("typed", ["foto's", "foto\u2019s", "fotos", "foto", "FOTO`S"])
def test_a_plural_with_an_apostrophe_is_asked_like_the_singular(typed: str) -> None:
    assert [word.alternatives[0] for word in asked(typed)] == [("foto",)]


@pytest.mark.parametrize(
    ("typed", "facet"),
    [
        ("basisonderwijs", "po"),
        ("voortgezet onderwijs", "vo"),
        ("MBO", "mbo"),
        ("so", "so"),
        ("vso", "so"),
    ],
)
def test_the_name_of_a_sector_asks_for_the_sector(typed: str, facet: str) -> None:
    assert [word.alternatives for word in asked(typed)] == [(((f"f={facet}"),),)]


def test_a_phrase_is_of_whole_words() -> None:
    assert [word.word for word in asked("machine learning")] == ["machine", "learning"]
    keys, _ = keys_of(Text("Machine learning", "", "", frozenset()))
    assert not {key for key in keys if "elearning" in key or "online" in key}


def test_a_phrase_is_one_whatever_stands_at_or_between_its_words() -> None:
    keys, _ = keys_of(Text("Voortgezet, onderwijs", "(Fake news)", "", frozenset()))
    assert {"x=vo", "w=nepnieuw"} <= keys
    keys, _ = keys_of(Text("", "fake", "news", frozenset()))
    assert "w=nepnieuw" not in keys


def test_what_nobody_sees_divides_no_word_of_an_offer_and_a_hard_space_does() -> None:
    text = Text(
        "Voortgezet\u00a0onderwijs", "wis\u00adkunde\u2003Ren\u00e9\u2019s", "", frozenset()
    )
    keys, vocabulary = keys_of(text)
    assert {"x=voortgezet", "x=vo", "w=wiskund", "w=ren"} <= keys
    assert vocabulary == {"voortgezet", "onderwijs", "wiskunde", "rene"}


def test_a_question_has_at_most_eight_words() -> None:
    assert len(asked(" ".join(f"woord{n}" for n in range(20)))) == 8


def test_an_offer_is_found_by_where_a_word_stands() -> None:
    text = Text("Muziekles", "Met zang.", "Zuiderlicht Zwolle", frozenset({"po"}))
    keys, vocabulary = keys_of(text)
    assert {"x=muziekles", "t=muziek", "w=zang", "n=zuiderlicht", "f=po"} <= keys
    assert "t=zang" not in keys
    assert {"muziekles", "zang", "zwolle", "zuiderlicht"} == vocabulary


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("dislexie", "dyslexie"), ("programeren", "programmeren"), ("reknen", "rekenen")],
)
def test_a_word_that_sounds_alike_or_lacks_a_letter_is_near(typed: str, meant: str) -> None:
    assert cuts(typed) & cuts(meant)
    assert nearest(typed, {meant, "onderwijs"}) == meant


def test_another_word_is_not_near() -> None:
    assert nearest("rekenen", {"tekening", "lezen"}) is None
    assert nearest("rekenen", set()) is None
    assert (distance("ab", "ba"), distance("les", "lesje"), distance("", "ab")) == (1, 2, 2)


def test_the_facets_are_the_terms_of_offers() -> None:
    for group, terms in (("sectors", Sector), ("areas", Area), ("kinds", OfferKind)):
        assert set(facets.GROUPS[group]) == {term.value for term in terms}
    assert len(set(facets.BITS)) == sum(map(len, facets.GROUPS.values()))
