"""A portfolio as accessible PDF: tagged, in Dutch, by PDF/UA-1 (ISO 14289-1)."""

import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import typst

from app.web.pages import area_labels
from processes.base import today
from processes.dutch import date_in_words, decimal_text
from processes.register.portfolio.entries import PortfolioEntry
from processes.register.portfolio.hours import Hours, Period

TEMPLATE = Path(__file__).parents[1] / "templates" / "portfolio" / "portfolio.typ"
HEADER = ("Gevolgd op", "Activiteit", "Gebied", "Contacturen", "Zelfstudie", "Bijzonderheden")
DRAWN = (*range(0x20, 0x500), *range(0x1E00, 0x1F00), *range(0x2010, 0x2027), 0x2122, 0x20AC)
"""The code points that the font of the PDF has, apart from the categories below."""
NOT_DRAWN = frozenset({"Cc", "Cn", "Cs"})
UNKNOWN = "\u25a1"  # an empty square, as of a character without a glyph

SOFT_HYPHEN = "\u00ad"
TOO_LONG = re.compile(r"\w{25}(?=\w)")

_letters = {chr(each) for each in DRAWN if unicodedata.category(chr(each)) not in NOT_DRAWN}


def portfolio_pdf(
    name: str, entries: Iterable[PortfolioEntry], hours: Hours, period: Period
) -> bytes:
    """The whole portfolio, and the hours of this period."""
    entries = list(entries)
    data = {
        "title": f"Portfolio van {name}",
        "name": name,
        "intro": f"Gemaakt op {date_in_words(today())}.",
        "hours": _hours(hours, period),
        "header": HEADER,
        "rows": [_row(entry) for entry in entries],
        "total": total_of(entries),
        "empty": "Er staat nog niets in dit portfolio.",
    }
    return bytes(
        typst.compile(
            TEMPLATE.read_bytes(),
            format="pdf",
            pdf_standards="ua-1",
            ignore_system_fonts=True,  # the same on every machine
            sys_inputs={"data": json.dumps(_printable(data))},
        )
    )


def _hours(hours: Hours, period: Period) -> list[str]:
    between = f"van {date_in_words(period.first)} tot en met {date_in_words(period.last)}"
    goals = (
        (f"uur in vier jaar, {between}", hours.counted, hours.goal_total),
        ("uur vak, didactiek en pedagogiek", hours.primary, hours.goal_primary),
        (
            "uur vakkennis (alleen nodig in het voortgezet onderwijs)",
            hours.subject,
            hours.goal_subject,
        ),
    )
    return [f"{decimal_text(done)} van {decimal_text(goal)} {text}" for text, done, goal in goals]


def _row(entry: PortfolioEntry) -> list[str]:
    about = [entry.title, entry.provider_name, entry.kind.label if entry.kind else ""]
    files = ", ".join(each["name"] for each in entry.evidence)
    told = [
        "Zelf ingevuld." if entry.is_own else "",
        "Door aanbieder verwijderd." if entry.is_of_deleted_offer else "",
        entry.contribution,
        f"Bewijs: {files}" if files else "",
    ]
    return [
        f"{entry.followed_on:%d-%m-%Y}",
        "\n".join(filter(None, about)),
        ", ".join(area_labels(entry.areas)),
        decimal_text(entry.contact_hours),
        decimal_text(entry.self_study_hours),
        "\n".join(filter(None, told)),
    ]


def total_of(entries: Sequence[PortfolioEntry]) -> list[str]:
    """Below the rows, for whoever adds them up; the hours of a period stand above."""
    contact = sum((entry.contact_hours for entry in entries), Decimal(0))
    self_study = sum((entry.self_study_hours for entry in entries), Decimal(0))
    return [
        f"Samen ({len(entries)} {'activiteit' if len(entries) == 1 else 'activiteiten'})",
        decimal_text(contact),
        decimal_text(self_study),
        f"{decimal_text(contact + self_study)} uur",
    ]


def _printable(value: Any) -> Any:
    """The same with a square for each character that the font lacks: PDF/UA allows no others."""
    match value:
        case str():
            return "".join(c if c in _letters or c == "\n" else UNKNOWN for c in _seen(value))
        case dict():
            return {name: _printable(each) for name, each in value.items()}
        case _:
            return [_printable(each) for each in value]


def _seen(text: str) -> str:
    """Composed characters, without those that nobody sees; a word as long as a line can break."""
    composed = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\u200b", "")
    return TOO_LONG.sub(f"\\g<0>{SOFT_HYPHEN}", composed)
