"""Generates the sample export of the older register: deterministic, one row in eight dirty.

python -m processes.register.sample.generator
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import TypeVar

from processes.register.sample import phrases
from processes.register.sample.phrases import Topic

SEED = 20180801
FILE = Path(__file__).with_name("registerleraar.csv")
ENCODING = "cp1252"
PROVIDERS = 60
DIRTY_EACH = 8
LAST_DAY = date(2018, 8, 1)  # the old validations ended then at the latest

COLUMNS = (
    "activiteit_id",
    "account",
    "kvknummer",
    "aanbieder",
    "vestigingsnummer",
    "titel",
    "type",
    "bijdrage",
    "inhoud en opzet",
    "contacturen",
    "zelfstudie-uren",
    "registeruren",
    "verantwoording zelfstudie",
    "toets of opdracht",
    "bekwaamheidsgebieden",
    "sectoren",
    "vak",
    "doelgroep",
    "plaats",
    "online",
    "kosten",
    "website",
    "taal",
    "maximum deelnemers",
    "bewijs van deelname",
    "startdatum",
    "gevalideerd tot",
    "validatienummer",
)
KINDS = (
    ("Cursus", (6, 30)),
    ("Training", (6, 24)),
    ("Studiedag", (4, 8)),
    ("Conferentie", (4, 14)),
    ("Opleiding", (60, 240)),
    ("Overige activiteiten binnen de school", (4, 20)),
    ("Overige activiteiten buiten de school", (4, 40)),
    ("Professionele zelfstudie", (0, 2)),
)

Row = dict[str, str]
Item = TypeVar("Item")


@dataclass(frozen=True)
class SampleProvider:
    """A provider of the sample; the first ones are the KVK's published test companies."""

    kvk: str
    name: str
    offers: int
    branches: tuple[str, ...] = ("",)
    is_dirty: bool = True  # one row in eight; otherwise only what is asked for by name


PUBLISHED = (
    SampleProvider("68750110", "Test BV Donald", 14, ("", "", "000037178598"), is_dirty=False),
    SampleProvider("69599084", "Test EMZ Dagobert", 5, is_dirty=False),
    SampleProvider("69599068", "Test Stichting Bolderbast", 0),
    SampleProvider(
        "90000102", "Testbedrijf 90000102 Stichting", 300, ("", "000090000102", "000090000103")
    ),
    SampleProvider("90004973", "Testbedrijf 90004973", 6, is_dirty=False),
    SampleProvider("90001354", "Testbedrijf 90001354 B.V.", 24),
    SampleProvider("68727720", "Test NV Katrien", 32),
    SampleProvider("90004760", "Testbedrijf 90004760 N.V.", 18),
    SampleProvider("90006623", "Testbedrijf 90006623 Stichting", 21),
    SampleProvider("69599076", "Test VOF Guus", 9),
    SampleProvider("90005414", "Testbedrijf 90005414 V.O.F.", 7),
    SampleProvider("55344526", "Testbedrijf 55344526 Coöperatie U.A.", 26),
    SampleProvider("90002520", "Testbedrijf 90002520 Kerkgenootschap", 8),
    SampleProvider("90002490", "Testbedrijf 90002490 Onderlinge Waarborgmaatschappij", 6),
    SampleProvider("90001745", "Testbedrijf 90001745 Maatschap", 12),
    SampleProvider("90003942", "Testbedrijf 90003942 C.V.", 11),
    SampleProvider("55505201", "Testbedrijf 55505201", 10),
)
TWO_ACCOUNTS = "90001354"  # R7: two accounts of one company


class Chance:
    """Chances that come out the same on every Python: `random()` alone promises that."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed).random  # noqa: S311 - sample data, no secret

    def below(self, end: int) -> int:
        return int(self._random() * end)

    def between(self, first: int, last: int) -> int:
        return first + self.below(last - first + 1)

    def of(self, items: Sequence[Item]) -> Item:
        return items[self.below(len(items))]

    def mixed(self, items: Sequence[Item]) -> list[Item]:
        return [item for _, _, item in sorted((self._random(), n, i) for n, i in enumerate(items))]


def providers(chance: Chance) -> list[SampleProvider]:
    """The published test companies, and made-up ones with numbers that nobody has."""
    names = [f"{last} {first}" for first in phrases.FIRST_NAMES for last in phrases.LAST_NAMES]
    names = chance.mixed(names)[: PROVIDERS - len(PUBLISHED)]
    made_up = [
        SampleProvider(f"{900_001 + place:08}", f"{name} (fictief)", chance.between(10, 28))
        for place, name in enumerate(names)
    ]
    return [*PUBLISHED, *made_up]


def rows() -> Iterator[Row]:
    """All rows of the sample."""
    chance = Chance(SEED)
    number = 100_000
    for provider in providers(chance):
        if not provider.offers:
            yield _row_without_offer(provider)
        subjects = chance.mixed([(t, s) for t in phrases.TOPICS for s in phrases.SUFFIXES])
        for place, (topic, suffix) in enumerate(subjects[: provider.offers]):
            number += 1
            row = _offer(chance, provider, topic, suffix, number)
            yield from _with_dirt(chance, provider, place, row)


def _row_without_offer(provider: SampleProvider) -> Row:
    row = dict.fromkeys(COLUMNS, "")
    account = f"account-{provider.kvk}"
    return row | {"account": account, "kvknummer": provider.kvk, "aanbieder": provider.name}


def _offer(chance: Chance, provider: SampleProvider, topic: Topic, suffix: str, number: int) -> Row:
    kind, (least, most) = chance.of(KINDS)
    contact = chance.between(least, most)
    study = chance.of((0, 2, 4, 10)) if contact > 2 else 12  # noqa: PLR2004 - self-study only
    half = chance.of(("", "", ",5")) if contact else ""
    needs_test = study > contact
    account = f"account-{provider.kvk}"
    if provider.kvk == TWO_ACCOUNTS and number % 2:
        account += "-b"
    return {
        "activiteit_id": str(number),
        "account": account,
        "kvknummer": provider.kvk,
        "aanbieder": provider.name,
        "vestigingsnummer": chance.of(provider.branches),
        "titel": topic.title + suffix,
        "type": kind,
        "bijdrage": f"Na afloop kunt u {topic.skill}. {chance.of(phrases.EFFECTS)}",
        "inhoud en opzet": _content(chance),
        "contacturen": f"{contact}{half}",
        "zelfstudie-uren": str(study),
        "registeruren": f"{contact + study}{half}",
        "verantwoording zelfstudie": chance.of(phrases.SELF_STUDIES) if study else "",
        "toets of opdracht": chance.of(phrases.TESTS) if needs_test else "",
        "bekwaamheidsgebieden": topic.areas,
        "sectoren": topic.sectors,
        "vak": topic.subject,
        "doelgroep": chance.of(phrases.AUDIENCES),
        "plaats": chance.of(phrases.PLACES),
        "online": chance.of(("ja", "nee", "nee", "")),
        "kosten": chance.of(phrases.COSTS),
        "website": f"https://www.voorbeeld.nl/activiteit/{number}",
        "taal": chance.of(("Nederlands", "Nederlands", "Engels", "")),
        "maximum deelnemers": chance.of(("", "12", "16", "20", "25")),
        "bewijs van deelname": chance.of(phrases.EVIDENCE),
        "startdatum": chance.of(("", "", _day(chance, 2014, 2016))),
        "gevalideerd tot": _day(chance, 2017, 2018),
        "validatienummer": f"V{number}-{chance.between(10, 99)}",
    }


def _content(chance: Chance) -> str:
    opener, practice = chance.of(phrases.OPENERS), chance.of(phrases.PRACTICES)
    closing = chance.of(phrases.CLOSINGS)
    return chance.of(
        (f"{opener} {practice} {closing}", f"<p>{opener}</p><p>{practice} {closing}</p>")
    )


def _day(chance: Chance, first_year: int, last_year: int) -> str:
    first = date(first_year, 1, 1)
    last = min(date(last_year, 12, 31), LAST_DAY)
    day = first + timedelta(days=chance.below((last - first).days + 1))
    return f"{day.day:02}-{day.month:02}-{day.year}"


def _with_dirt(chance: Chance, provider: SampleProvider, place: int, row: Row) -> Iterator[Row]:
    if provider.kvk == "68750110":
        yield _dirt_of_donald(place, row)
        return
    if not provider.is_dirty or chance.below(DIRTY_EACH):
        yield row
        return
    match chance.below(len(DIRT) + 2):
        case 0:
            yield row
            yield row  # the same row twice
        case 1:
            yield row
            yield row | {"activiteit_id": f"{row['activiteit_id']}9"}  # the same under two numbers
        case which:
            yield _dirtied(row, DIRT[which - 2])


def _dirt_of_donald(place: int, row: Row) -> Row:
    """Three of its fourteen offers lack something; others are dirty without harm."""
    return _dirtied(row, DIRT_OF_DONALD.get(place, {}))


DIRT_OF_DONALD: dict[int, Row] = {
    1: {"gevalideerd tot": "1 augustus 2018"},
    3: {"zelfstudie-uren": "twee dagdelen"},
    5: {"inhoud en opzet": "<font color=red>{}</font><script>x()</script>"},
    6: {"type": "Workshop"},
    9: {"website": "www.voorbeeld.nl/donald"},
    11: {"bekwaamheidsgebieden": "Lesgeven in het algemeen"},
}


def _mangled(text: str) -> str:
    """The text as it looks when UTF-8 is read as Windows-1252."""
    return text.encode("utf-8").decode(ENCODING, errors="ignore")


DIRT: tuple[Row, ...] = (  # {} stands for what the clean row says
    {"titel": ""},
    {"titel": "{} " + "en nog veel meer " * 20},
    {"titel": "  <b>{}</b>&nbsp;"},
    {"titel": _mangled("Differentiëren: één les, drie niveaus")},
    {"bijdrage": _mangled("Voor collega\u2019s en coördinatoren.") + " {}"},
    {"inhoud en opzet": '<div onclick="x()">{}<img src=x></div>'},
    {"inhoud en opzet": "<script>alert(1)</script><p>Programma volgt.</p>"},
    {"inhoud en opzet": ""},
    {"bijdrage": "<p>&nbsp;</p>"},
    {"type": "Workshop"},
    {"type": "E-learning"},
    {"type": ""},
    {"bekwaamheidsgebieden": "Communicatie"},
    {"bekwaamheidsgebieden": "{}|Overig"},
    {"sectoren": "hbo"},
    {"sectoren": ""},
    {"contacturen": "drie dagdelen"},
    {"contacturen": "{} uur"},
    {"zelfstudie-uren": "3 à 4"},
    {"zelfstudie-uren": ""},
    {"registeruren": "999"},
    {"startdatum": "voorjaar 2016"},
    {"startdatum": "1 maart 2016"},
    {"gevalideerd tot": "42948"},
    {"gevalideerd tot": "31-02-2018"},
    {"gevalideerd tot": "2018/07/31"},
    {"website": "www.voorbeeld.nl"},
    {"website": "zie folder"},
    {"maximum deelnemers": "max. 15 personen"},
    {"vestigingsnummer": "hoofdkantoor"},
)


def _dirtied(row: Row, dirt: Row) -> Row:
    return row | {column: text.replace("{}", row[column]) for column, text in dirt.items()}


def content() -> bytes:
    """The whole file: semicolons, Windows-1252, lines as Windows ends them."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, delimiter=";", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows())
    return text.getvalue().encode(ENCODING)


if __name__ == "__main__":
    FILE.write_bytes(content())
