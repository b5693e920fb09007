"""The text of a mail as its owner writes it, as plain text and as HTML."""

import pytest
from lxml import html as lxml_html

from processes.letters.example import EXAMPLE
from processes.letters.layout import Filling, html, plain
from processes.letters.letter_text import LetterText
from processes.letters.templates import LETTERS

HOSTILE = "<b>{kvk}</b> https://kwaad.example\nX: y"
FILLING = Filling(
    {"naam": HOSTILE, "kvk": "1", "website": "https://loket.example"},
    {"gegevens": [("Naam", "<i>Noor</i>"), ("Plaats", "Ede")]},
)


def test_plain_text_has_headings_in_capitals_and_rows_on_lines() -> None:
    text = "# Bevestigd\n\nDit is een\nregel.\n\n{gegevens}\n\n- een\n- twee\n"
    assert plain(text, FILLING) == (
        "BEVESTIGD\n\nDit is een regel.\n\nNaam: <i>Noor</i>\nPlaats: Ede\n\n- een\n- twee\n"
    )


@pytest.mark.parametrize("letter", LETTERS.values(), ids=lambda letter: letter.kind)
def test_no_letter_of_ours_has_markup_that_mails_do_not_have(letter: LetterText) -> None:
    told = plain(letter.body, EXAMPLE), str(html(letter.body, EXAMPLE))
    for mark in ("**", "__", "](", "`"):
        assert not any(mark in text for text in told)


def test_long_lines_are_broken_but_never_an_address() -> None:
    lines = plain(f"{'woord ' * 30}{{website}}/{'a' * 90}", FILLING).splitlines()
    assert max(len(line) for line in lines[:-1]) <= 76
    assert lines[-1] == f"https://loket.example/{'a' * 90}"


def test_a_name_that_ends_in_a_full_stop_brings_no_second_one() -> None:
    named = Filling({"wie": "Kring B.V.", "naam": "Kring"}, {})
    text = "Bij {wie}. En {naam}. Wacht op {wie}... bij {wie}, {wie}."
    told = "Bij Kring B.V. En Kring. Wacht op Kring B.V.... bij Kring B.V., Kring B.V."
    assert plain(text, named) == f"{told}\n"
    assert html(text, named, styles={}) == f"<p>{told}</p>"


def test_html_escapes_whatever_is_filled_in() -> None:
    made = html("# Voor {naam}\n\nBeste {naam},\n\n{gegevens}", FILLING)
    assert "<b>" not in made
    assert "<i>" not in made
    assert "&lt;i&gt;Noor&lt;/i&gt;" in made


def test_only_addresses_of_the_owner_become_links() -> None:
    made = html("Zie {website}/aanbod of https://www.rdw.example, {naam}.", FILLING)
    links = lxml_html.fromstring(f"<div>{made}</div>").xpath(".//a/@href")
    assert links == ["https://loket.example/aanbod", "https://www.rdw.example"]


def test_a_page_of_ours_that_is_filled_in_becomes_a_link_and_no_other_address() -> None:
    ours, other = "https://loket.example/taken/1?a=b", "https://loket.example.kwaad.example/"
    for address, found in ((ours, [ours]), (other, []), (f"{ours} klik", []), ("/taken", [])):
        made = html("Zie {pagina}", Filling({**FILLING.values, "pagina": address}, {}))
        assert lxml_html.fromstring(f"<div>{made}</div>").xpath(".//a/@href") == found
    nowhere = html("Zie {pagina}", Filling({"pagina": "/taken"}, {}))
    assert "<a" not in nowhere


def test_steps_stand_below_each_other() -> None:
    text = "1. Log in.\n2. Geef {naam} akkoord."
    filling = Filling({"naam": "Noor"}, {})
    assert plain(text, filling) == "1. Log in.\n2. Geef Noor akkoord.\n"
    assert html(text, filling) == "<ol><li>Log in.</li><li>Geef Noor akkoord.</li></ol>"
    assert html("12. Dit is\neen zin.", filling) == "<p>12. Dit is een zin.</p>"


def test_a_value_cannot_begin_a_heading_or_a_table() -> None:
    sneaky = Filling({"naam": "# Kop\n\n{gegevens}"}, FILLING.tables)
    assert "<h1" not in html("{naam}", sneaky)
    assert "Plaats" not in plain("{naam}", sneaky)


def test_on_a_page_of_our_own_it_has_no_inline_styles() -> None:
    assert "style=" in html("# Kop", FILLING)
    assert "style=" not in html("# Kop\n\n{gegevens}\n\n- a", FILLING, styles={})


@pytest.mark.parametrize("letter", LETTERS.values(), ids=LETTERS)
def test_every_letter_fills_all_that_it_names(letter: LetterText) -> None:
    told = letter.subject + plain(letter.body, EXAMPLE) + html(letter.body, EXAMPLE)
    assert "{" not in told.replace(letter.subject, "")
    assert letter.required <= letter.variables.keys()
    known = {*EXAMPLE.values, *EXAMPLE.tables}
    assert letter.variables.keys() <= known
