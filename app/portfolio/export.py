"""Exports a portfolio as CSV, safe against formula injection (threat 17)."""

import csv
import io
from collections.abc import Iterable

from processes.base import local
from processes.dutch import decimal_text
from processes.register.offer_terms import Area, OfferStatus
from processes.register.portfolio import PortfolioEntry

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")
HEADER = (
    "Gevolgd op",
    "Titel",
    "Aanbieder",
    "Type activiteit",
    "Contacturen",
    "Uren zelfstudie",
    "Bekwaamheidsgebieden",
    "Toegevoegd op",
    "Opmerking",
)


def portfolio_csv(entries: Iterable[PortfolioEntry]) -> str:
    """The entries, with the semicolons and byte order mark that a Dutch Excel expects."""
    file = io.StringIO()
    file.write("\ufeff")
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEADER)
    writer.writerows([safe_cell(cell) for cell in _row(entry)] for entry in entries)
    return file.getvalue()


def safe_cell(text: str) -> str:
    """The text, with an apostrophe before what a spreadsheet would calculate."""
    return f"'{text}" if text.lstrip(" ").startswith(DANGEROUS) else text


def _row(entry: PortfolioEntry) -> list[str]:
    is_gone = entry.offer.status is OfferStatus.DELETED
    return [
        f"{entry.followed_on:%d-%m-%Y}",
        entry.title,
        entry.provider_name,
        entry.kind.label if entry.kind else "",
        decimal_text(entry.contact_hours),
        decimal_text(entry.self_study_hours),
        ", ".join(Area(area).label for area in sorted(entry.areas)),
        f"{local(entry.added_at):%d-%m-%Y}",
        "door aanbieder verwijderd" if is_gone else "",
    ]
