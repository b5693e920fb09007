"""The portfolio as PDF: tagged, in Dutch, by PDF/UA-1, whatever its texts hold."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from io import BytesIO
from itertools import pairwise
from typing import Any
from uuid import uuid4

import pikepdf
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.portfolio import pdf
from app.portfolio.pdf import portfolio_pdf
from processes.register.offers.terms import OfferKind
from processes.register.portfolio.entries import PortfolioEntry
from processes.register.portfolio.hours import hours, up_to
from tests.app.offers.offer_world import a_teacher

DAY = date(2026, 11, 23)
TOTALS = 4  # cells below the table; the first is as wide as three


def entry(title: str, **more: Any) -> PortfolioEntry:
    facts: dict[str, Any] = {
        "contribution": "",
        "areas": frozenset({"vakdidactisch"}),
        "provider_name": "De Leerkring",
    }
    return PortfolioEntry(
        teacher_id=uuid4(),
        offer_id=None,
        offer_version=None,
        title=title,
        kind=OfferKind.COURSE,
        contact_hours=Decimal(12),
        self_study_hours=Decimal("3.5"),
        followed_on=DAY,
        **facts | more,
    )


def made(*entries: PortfolioEntry, name: str = "Noor de Vries") -> pikepdf.Pdf:
    period = up_to(DAY)
    return pikepdf.open(BytesIO(portfolio_pdf(name, entries, hours(entries, period), period)))


def tags(element: Any) -> Iterator[str]:
    """The structure types below an element, in reading order."""
    children = element.get("/K", [])
    for child in children if isinstance(children, pikepdf.Array) else [children]:
        if isinstance(child, pikepdf.Dictionary) and "/S" in child:
            yield str(child.S)
            yield from tags(child)


def test_it_says_that_it_is_pdf_ua_in_dutch_with_a_title() -> None:
    document = made(entry("Rekenen"))
    assert document.Root.Lang == "nl-NL"
    assert document.Root.MarkInfo.Marked
    assert document.Root.ViewerPreferences.DisplayDocTitle
    with document.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
        assert metadata["dc:title"] == "Portfolio van Noor de Vries"


def test_headings_lists_and_the_cells_of_the_table_are_tagged() -> None:
    document = made(entry("Rekenen"), entry("Taal"))
    counted = Counter(tags(document.Root.StructTreeRoot))
    assert counted["/H1"] == 2
    assert counted["/LI"] == 3
    assert (counted["/Table"], counted["/THead"], counted["/TFoot"]) == (1, 1, 1)
    assert (counted["/TH"], counted["/TD"]) == (len(pdf.HEADER), 2 * len(pdf.HEADER) + TOTALS)


def test_a_header_is_repeated_on_each_page_and_nothing_is_lost() -> None:
    document = made(*(entry(f"Activiteit {number}") for number in range(60)))
    counted = Counter(tags(document.Root.StructTreeRoot))
    assert len(document.pages) > 1
    assert (counted["/TH"], counted["/TD"]) == (len(pdf.HEADER), 60 * len(pdf.HEADER) + TOTALS)


def test_below_the_table_stands_what_its_hours_are_together() -> None:
    entries = [entry("Rekenen"), entry("Taal"), entry("Gym", areas=frozenset())]
    assert pdf.total_of(entries) == ["Samen (3 activiteiten)", "36", "10,5", "46,5 uur"]
    assert pdf.total_of(entries[:1]) == ["Samen (1 activiteit)", "12", "3,5", "15,5 uur"]
    empty = made()
    assert "/TFoot" not in set(tags(empty.Root.StructTreeRoot))


def moved_to(page: pikepdf.Page) -> Iterator[tuple[float, float]]:
    """Where each line and piece of text begins: points from the left and the bottom."""
    for told in pikepdf.parse_content_stream(page):
        if str(told.operator) == "cm":
            yield float(told.operands[4]), float(told.operands[5])


def heights(page: pikepdf.Page) -> set[float]:
    """Of the rows of a page: between the lines that begin most to the left, but for the header."""
    places = list(moved_to(page))
    left = min(x for x, _ in places)
    lines = sorted((y for x, y in places if x == left), reverse=True)
    return {round(above - below) for above, below in pairwise(lines[1:])}


@pytest.mark.parametrize("word", ["tentoonstellingenbezoekersregistratie" * 3, "A" * 120])
def test_a_long_word_is_broken_and_stays_in_its_column(word: str) -> None:
    """Of each of its lines there is a piece of text."""
    made_of = [made(entry(each)) for each in ("Rekenen", word)]
    short, long = (len(list(moved_to(document.pages[0]))) for document in made_of)
    assert long >= short + 3


def test_a_row_stays_on_one_page_unless_it_is_longer_than_a_page() -> None:
    document = made(*(entry("Vier regels " * 13) for _ in range(30)))
    assert heights(document.pages[1]) == heights(document.pages[2])
    assert len(heights(document.pages[1])) == 1
    assert len(made(entry("Lang", contribution="veel geleerd " * 900)).pages) > 1


def test_every_character_that_is_kept_has_a_glyph() -> None:
    letters = "".join(sorted(pdf._letters))  # noqa: SLF001 - the table itself is what is tested
    assert len(made(entry(letters, contribution=letters), name=letters).pages) >= 1


@pytest.mark.parametrize(
    "text",
    ["", "#set page(width: 1pt)", "$x$ *b* _i_ `c` <l> @a \\ // /*", "😀 漢字", "a\x01\x00b\ud800"],
)
def test_text_is_text_whatever_is_in_it(text: str) -> None:
    assert len(made(entry(text, contribution=text), name=text).pages) == 1


def test_the_page_gives_it_as_a_file(app: Flask, client: FlaskClient, session: Session) -> None:
    a_teacher(session, app, client)
    response = client.get("/portfolio/export.pdf")
    assert response.mimetype == "application/pdf"
    assert response.headers["Content-Disposition"].startswith("attachment; filename=portfolio-")
    assert len(pikepdf.open(BytesIO(response.data)).pages) == 1
