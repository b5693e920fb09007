"""Sanitising HTML and converting it to text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processes.register.rich_text import CLEANER, as_text, clean_html, editable


@pytest.mark.parametrize(
    ("given_text", "html"),
    [
        ("", ""),
        ("  \n ", ""),
        ("<p>&nbsp;</p><script>x()</script>", ""),
        ("Eén zin.", "<p>Eén zin.</p>"),
        ("Regel één\nregel twee", "<p>Regel één<br>regel twee</p>"),
        ("Alinea één\n\nAlinea twee", "<p>Alinea één</p>\n<p>Alinea twee</p>"),
        ("<p>Alinea één</p><p>Alinea twee</p>", "<p>Alinea één</p>\n<p>Alinea twee</p>"),
        ("- lezen\n- schrijven", "<ul><li>lezen</li><li>schrijven</li></ul>"),
        ("Groep < 12 & meer", "<p>Groep &lt; 12 &amp; meer</p>"),
        ("Caf&eacute;", "<p>Café</p>"),
        ("<p>Dag <strong>u</strong></p>", "<p>Dag <strong>u</strong></p>"),
        ("<p onclick='x()'>Dag</p>", "<p>Dag</p>"),
        ("<p>Dag<img src='https://x.nl/spion.gif'></p>", "<p>Dag</p>"),
        (
            '<p><a href="javascript:x()">Dag</a></p>',
            '<p><a rel="noopener noreferrer nofollow">Dag</a></p>',
        ),
        (
            '<p><a href="https://voorbeeld.nl">Dag</a></p>',
            '<p><a href="https://voorbeeld.nl" rel="noopener noreferrer nofollow">Dag</a></p>',
        ),
        ("<div>Los</div>", "<p>Los</p>"),
        ("<style>p{}</style><p>Dag</p>", "<p>Dag</p>"),
        ("<p>Open", "<p>Open</p>"),
        ("<!-- noot --><p>Dag</p>", "<p>Dag</p>"),
        (
            "Mail Anna <anna@leerkring.nl>\n- lezen\n- doen",
            "<p>Mail Anna &lt;anna@leerkring.nl&gt;</p>\n<ul><li>lezen</li><li>doen</li></ul>",
        ),
        ("Vul <uw naam> in", "<p>Vul &lt;uw naam&gt; in</p>"),
        ("x <y> z", "<p>x &lt;y&gt; z</p>"),
        ("groep <a en b>", "<p>groep &lt;a en b&gt;</p>"),
        ("<https://leerkring.nl>", "<p>&lt;https://leerkring.nl&gt;</p>"),
        ("<3 en </3", "<p>&lt;3 en &lt;/3</p>"),
        ("<p>Mail <anna@leerkring.nl></p>", "<p>Mail &lt;anna@leerkring.nl&gt;</p>"),
        (
            "Regel <strong>vet</strong>\nregel twee\n\n- een\n- twee",
            "<p>Regel <strong>vet</strong><br>regel twee</p>\n<ul><li>een</li><li>twee</li></ul>",
        ),
        ("<div>Een</div><div>Twee</div>", "<p>Een</p>\n<p>Twee</p>"),
        ("<h1>Kop</h1><p>Dag</p>", "<h3>Kop</h3>\n<p>Dag</p>"),
        ("U leert:\n- lezen\n- doen", "<p>U leert:</p>\n<ul><li>lezen</li><li>doen</li></ul>"),
        ("\u2013 lezen\n\u00b7 doen", "<ul><li>lezen</li><li>doen</li></ul>"),
        ("\uf0b7\u00a0lezen", "<ul><li>lezen</li></ul>"),
        (
            "\uf0a7\tlezen\no\tschrijven\n \u00a7\trekenen",
            "<ul><li>lezen</li><li>schrijven</li><li>rekenen</li></ul>",
        ),
        ("o ja\n\u00a7 3\n\uf0a7\nx\uf0fcy", "<p>o ja<br>\u00a7 3</p>\n<p>xy</p>"),
        ("1. lezen\n2. doen", "<ol><li>lezen</li><li>doen</li></ol>"),
        (
            "Zo:\n1) lezen\n2) doen\nKlaar",
            "<p>Zo:</p>\n<ol><li>lezen</li><li>doen</li></ol>\n<p>Klaar</p>",
        ),
        ("1. Inleiding\nTekst", "<p>1. Inleiding<br>Tekst</p>"),
        ("3. maart\n4. april", "<p>3. maart<br>4. april</p>"),
        ("Po\u00adë\u200bzie\u202e", "<p>Poëzie</p>"),
        (
            "<table><tr><td>Een</td><td>1</td></tr><tr><td>Twee</td></tr></table>",
            "<p>Een 1 <br>Twee <br></p>",
        ),
    ],
)
def test_what_remains_of_a_text(given_text: str, html: str) -> None:
    assert clean_html(given_text) == html


PIECES = st.sampled_from(
    [
        "<p>",
        "</p>",
        "<b>",
        "<div>",
        "</div>",
        "<anna@leerkring.nl>",
        "1. ",
        "2. ",
        "- ",
        "<i ",
        "<h1>",
        "<td>",
        "<tr>",
        "</tr>",
        "-->",
        "<script>",
        "</script>",
        "<a_href='x'>",
        "&amp;",
        "&lt;",
        "<",
        ">",
        "-",
        "twee",
        "<li>",
        "<ul>",
        "<svg><p>",
        "<math>",
        "<!--",
        "]]>",
        "é",
        "\x00",
    ]
)
SPACES = st.sampled_from([" ", "\n", "\n\n"])


UNMARKED = st.sampled_from(
    [
        "twee",
        "- ",
        "1. ",
        "2) ",
        "\u2022 ",
        "\u0301",
        "\u200d",
        "\u2764\ufe0f",
        "\xa0",
        "\ufeff",
        "\uf0b7",
    ]
)


@given(st.lists(st.one_of(UNMARKED, SPACES, st.text(max_size=3)), max_size=12).map("".join))
def test_of_plain_text_the_sanitiser_would_leave_all_as_it_is(text: str) -> None:
    """Text without signs of markup is not sent through it."""
    html = clean_html("".join(each for each in text if each not in "<>&"))

    assert CLEANER.clean(html) == html
    assert clean_html(html) == html


@given(st.lists(st.one_of(PIECES, SPACES, st.text(max_size=5)), max_size=12).map("".join))
def test_cleaning_twice_changes_nothing(text: str) -> None:
    once = clean_html(text)

    assert clean_html(once) == once
    assert "<script" not in once.lower()


@pytest.mark.parametrize(
    "text",
    [
        "Eén zin.",
        "Regel één\nregel twee",
        "Alinea één\n\nAlinea twee",
        "- lezen\n- schrijven",
        "Vooraf:\n\n- lezen\n- schrijven\n\nDaarna.",
        "a < b & c",
    ],
)
def test_a_text_box_shows_what_was_typed_in_it(text: str) -> None:
    html = clean_html(text)

    assert editable(html) == text
    assert clean_html(editable(html)) == html


@pytest.mark.parametrize(
    "html", ["<p>Dag <strong>u</strong></p>", "<h3>Kop</h3><p>Dag</p>", "<ol><li>een</li></ol>"]
)
def test_markup_that_a_text_box_would_lose_is_shown_as_it_is(html: str) -> None:
    assert editable(html) == html


def test_text_is_what_a_reader_sees() -> None:
    html = "<h3>Programma</h3><p>Eerst<br>dit</p><ul><li>een</li><li>twee</li></ul><p>R&amp;D</p>"

    assert as_text(html) == "Programma\n\nEerst\ndit\n\n- een\n- twee\n\nR&D"
