"""Exports a portfolio as CSV, safe against formula injection (threat 17)."""

from collections.abc import Iterable

from app.web.pages import area_labels
from processes.base import local
from processes.dutch import decimal_text
from processes.letters.csv_files import csv_file
from processes.register.portfolio.entries import PortfolioEntry

HEADER = (
    "Gevolgd op",
    "Titel",
    "Aanbieder",
    "Type activiteit",
    "Contacturen",
    "Uren zelfstudie",
    "Bekwaamheidsgebieden",
    "Toegevoegd op",
    "Geleerd",
    "Bewijs",
    "Opmerking",
)


def portfolio_csv(entries: Iterable[PortfolioEntry]) -> str:
    """The entries, with the semicolons and byte order mark that a Dutch Excel expects."""
    return csv_file(HEADER, map(_row, entries))


def _row(entry: PortfolioEntry) -> list[str]:
    return [
        f"{entry.followed_on:%d-%m-%Y}",
        entry.title,
        entry.provider_name,
        entry.kind.label if entry.kind else "",
        decimal_text(entry.contact_hours),
        decimal_text(entry.self_study_hours),
        ", ".join(area_labels(entry.areas)),
        f"{local(entry.added_at):%d-%m-%Y}",
        entry.contribution,
        ", ".join(each["name"] for each in entry.evidence),
        _remark(entry),
    ]


def _remark(entry: PortfolioEntry) -> str:
    if entry.is_own:
        return "zelf ingevuld"
    return "door aanbieder verwijderd" if entry.is_of_deleted_offer else ""
