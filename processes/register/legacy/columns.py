"""Maps the column headers of an export to our names."""

import re
from collections.abc import Mapping
from functools import lru_cache

from processes.register.search_words import folded

HEADERS: Mapping[str, tuple[str, ...]] = {
    "legacy_id": ("activiteit_id", "activiteit-id", "activiteitnummer", "id", "nummer"),
    "account": ("account", "accountnaam", "aanbieder_account", "gebruikersnaam"),
    "kvk": ("kvk", "kvknummer", "kvk_nummer", "kvk-nummer aanbieder", "kamer van koophandel"),
    "provider_name": ("aanbieder", "naam aanbieder", "aanbieder_naam", "organisatie"),
    "branch": ("vestigingsnummer", "vestiging", "vestigingsnr"),
    "title": ("titel", "naam activiteit", "activiteit", "naam"),
    "kind": ("type", "soort", "type activiteit", "soort activiteit"),
    "contribution": ("bijdrage", "bijdrage aan professionele ontwikkeling", "doel", "leerdoelen"),
    "content": ("inhoud", "inhoud en opzet", "omschrijving", "beschrijving"),
    "contact_hours": ("contacturen", "contact uren", "uren contact"),
    "self_study_hours": ("zelfstudie", "zelfstudie uren", "zelfstudie-uren", "uren zelfstudie"),
    "total_hours": ("totaal uren", "uren totaal", "totaal", "ru", "registeruren", "uren"),
    "self_study_account": ("verantwoording zelfstudie", "toelichting zelfstudie"),
    "closing_test": ("toets", "toets of opdracht", "afsluiting", "afsluitende opdracht"),
    "areas": ("bekwaamheidsgebieden", "bekwaamheidsgebied", "gebieden", "gebied"),
    "sectors": ("sectoren", "sector", "onderwijssector"),
    "subject": ("vak", "vakgebied", "vakken", "onderwerp"),
    "audience": ("doelgroep", "voor wie"),
    "location": ("plaats", "locatie"),
    "online": ("online", "afstandsonderwijs"),
    "cost": ("kosten", "prijs"),
    "url": ("website", "webadres", "url", "link"),
    "language": ("taal", "voertaal"),
    "max_participants": ("maximum deelnemers", "max deelnemers", "aantal deelnemers"),
    "evidence": ("bewijs", "bewijs van deelname", "certificaat"),
    "start_date": ("startdatum", "begindatum", "start"),
    "legacy_number": ("validatienummer", "validatie_nr", "validatie nummer"),
    "legacy_valid_until": ("gevalideerd tot", "geldig tot", "validatie tot", "einde validatie"),
}
ABOUT_THE_ROW = frozenset({"legacy_id", "legacy_number"})  # no part of what the row says


@lru_cache(maxsize=512)  # every row of a file has the same headers
def _plain(header: str) -> str:
    return re.sub(r"[^a-z0-9]", "", folded(header))


COLUMN_OF = {_plain(header): column for column, headers in HEADERS.items() for header in headers}


def is_known(header: str) -> bool:
    """Whether this is a header of a column that we know."""
    return _plain(header) in COLUMN_OF


def by_column(raw: Mapping[str, str]) -> dict[str, str]:
    """The known cells by our names; of two headers for one column, the first filled cell."""
    cells: dict[str, str] = {}
    for header, text in raw.items():
        column = COLUMN_OF.get(_plain(header))
        if column and text.strip():
            cells.setdefault(column, text.strip())
    return cells
