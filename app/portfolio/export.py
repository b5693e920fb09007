"""Exports a portfolio as CSV, safe against formula injection (threat 17)."""

from collections.abc import Iterable

from app.web.csv_files import csv_file
from processes.base import local
from processes.dutch import decimal_text
from processes.register.offers.terms import Area, OfferStatus
from processes.register.portfolio import PortfolioEntry

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
    return csv_file(HEADER, map(_row, entries))


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
