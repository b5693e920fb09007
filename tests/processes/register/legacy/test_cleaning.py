"""Values of the older register: what is understood, and what stays empty with a note (R51)."""

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from processes.base import own_clock
from processes.register.legacy.cleaning import clean, read_date
from processes.register.legacy.columns import by_column
from processes.register.offers.offers import OfferKind
from processes.register.offers.runs import Run
from processes.register.rich_text import as_text

ROW = {
    "activiteit_id": "17",
    "kvknummer": "01234567",
    "titel": "Poëzie in de klas",
    "type": "Cursus",
    "bijdrage": "U leert gedichten kiezen.",
    "inhoud en opzet": "<p>Drie middagen.</p>",
    "contacturen": "12,5",
    "zelfstudie-uren": "4",
    "registeruren": "16,5",
    "bekwaamheidsgebieden": "Vakinhoudelijk|(Vak)didactisch",
    "sectoren": "po|vo",
    "startdatum": "1 maart 2016",
    "gevalideerd tot": "01-08-2018",
    "validatienummer": "V17-3",
}


def test_a_clean_row_needs_no_note() -> None:
    row = clean(ROW)

    assert row.notes == []
    assert row.values["title"] == "Poëzie in de klas"
    assert row.values["kind"] is OfferKind.COURSE
    assert row.values["contact_hours"] == Decimal("12.5")
    assert row.values["areas"] == {"vakinhoudelijk", "vakdidactisch"}
    assert row.values["sectors"] == {"po", "vo"}
    assert row.values["runs"] == (Run(start=date(2016, 3, 1)),)
    assert (row.number, row.valid_until) == ("V17-3", date(2018, 8, 1))
    assert row.total_hours == Decimal("16.5")


@pytest.mark.parametrize(
    ("header", "text", "field", "value"),
    [
        ("contacturen", "3.5", "contact_hours", Decimal("3.5")),
        ("contacturen", "3,5 uur", "contact_hours", Decimal("3.5")),
        ("contacturen", "ca. 4", "contact_hours", Decimal(4)),
        ("contacturen", "3½", "contact_hours", Decimal("3.5")),
        ("contacturen", "7:30", "contact_hours", Decimal("7.5")),
        ("contacturen", "30:15", "contact_hours", Decimal("30.25")),
        ("contacturen", "12,125", "contact_hours", Decimal("12.12")),
        ("contacturen", "16 RU", "contact_hours", Decimal(16)),
        ("contacturen", "12 klokuren", "contact_hours", Decimal(12)),
        ("sectoren", "PO en VO & mbo", "sectors", {"po", "vo", "mbo"}),
        ("maximum deelnemers", "12 pers.", "max_participants", 12),
        ("startdatum", "ma 1 maart 2027", "runs", (Run(start=date(2027, 3, 1)),)),
        ("startdatum", "2027-03-01T00:00:00", "runs", (Run(start=date(2027, 3, 1)),)),
        ("startdatum", "1-3-27 0:00", "runs", (Run(start=date(2027, 3, 1)),)),
        ("titel", "Po\u00adëzie\u200b in\u00a0de\u000bklas", "title", "Poëzie in de klas"),
        ("type", "  CURSUS ", "kind", OfferKind.COURSE),
        ("type", "training", "kind", OfferKind.COURSE),
        ("sectoren", "po, vo / mbo", "sectors", {"po", "vo", "mbo"}),
        ("sectoren", "s(v)o", "sectors", {"so"}),
        ("sectoren", "Voortgezet onderwijs", "sectors", {"vo"}),
        ("website", "www.voorbeeld.nl/a?b=c", "url", "https://www.voorbeeld.nl/a?b=c"),
        ("online", "Ja", "online", True),
        ("online", "nee", "online", False),
        ("maximum deelnemers", "max. 15 personen", "max_participants", 15),
        ("titel", " <b>Dag</b>&nbsp;u ", "title", "Dag u"),
        ("titel", "Groep < 4 en > 8", "title", "Groep < 4 en > 8"),
        ("toets of opdracht", "<p>Een verslag</p>", "closing_test", "Een verslag"),
    ],
)
def test_notations_that_people_use_are_understood(
    header: str, text: str, field: str, value: Any
) -> None:
    row = clean(ROW | {header: text, "registeruren": ""})

    assert row.values[field] == value
    assert row.notes == []


@pytest.mark.rule("R51")
@pytest.mark.parametrize(
    ("header", "text", "field", "empty"),
    [
        ("contacturen", "twee dagdelen", "contact_hours", None),
        ("contacturen", "-3", "contact_hours", None),
        ("contacturen", "99999", "contact_hours", None),
        ("zelfstudie-uren", "3 à 4", "self_study_hours", None),
        ("type", "Workshop", "kind", None),
        ("bekwaamheidsgebieden", "Koken", "areas", frozenset()),
        ("sectoren", "hbo", "sectors", frozenset()),
        ("startdatum", "voorjaar 2016", "runs", ()),
        ("startdatum", "31-02-2016", "runs", ()),
        ("website", "zie folder", "url", ""),
        ("website", "javascript:alert(1)", "url", ""),
        ("maximum deelnemers", "veel", "max_participants", None),
        ("titel", "", "title", ""),
        ("website", "#NAAM?", "url", ""),
        ("doelgroep", "#N/A", "audience", ""),
        ("inhoud en opzet", "#VERW!", "content", ""),
    ],
)
def test_what_cannot_be_read_stays_empty_with_a_note(
    header: str, text: str, field: str, empty: Any
) -> None:
    row = clean(ROW | {header: text, "registeruren": ""})

    assert row.values[field] == empty
    (note,) = row.notes
    assert text in note


def test_an_unknown_word_does_not_lose_the_known_ones() -> None:
    row = clean(ROW | {"bekwaamheidsgebieden": "Pedagogisch|Overig", "sectoren": "mbo & hbo"})

    assert (row.values["areas"], row.values["sectors"]) == ({"pedagogisch"}, {"mbo"})
    assert row.notes == [
        "Bekwaamheidsgebied: “Overig” is onbekend. Kies zelf.",
        "Sector: “hbo” is onbekend. Kies zelf.",
    ]


def test_markup_that_can_do_harm_goes_with_a_note() -> None:
    row = clean(ROW | {"inhoud en opzet": "<p onclick=x()>Dag</p><script>x()</script>"})

    assert row.values["content"] == "<p>Dag</p>"
    assert row.notes == ["Inhoud en opzet: opmaak die niet mag, is weggehaald."]


def test_text_in_the_wrong_character_set_is_put_right() -> None:
    row = clean(ROW | {"titel": "Differentiëren".encode().decode("cp1252")})

    assert row.values["title"] == "Differentiëren"
    assert "hersteld" in row.notes[0]


def test_a_text_that_is_too_long_is_cut_at_a_word() -> None:
    row = clean(ROW | {"titel": "woord " * 60})

    assert len(row.values["title"]) <= 250
    assert row.values["title"].endswith("woord")
    assert "250" in row.notes[0]


@pytest.mark.rule("R52")
def test_hours_that_do_not_add_up_are_kept_and_told() -> None:
    row = clean(ROW | {"registeruren": "20"})

    assert row.total_hours == Decimal(20)
    assert row.values["contact_hours"] == Decimal("12.5")
    assert "(12,5)" in row.notes[0]
    assert "(20)" in row.notes[0]


def test_a_branch_has_twelve_digits() -> None:
    assert clean(ROW | {"vestigingsnummer": "0000 3717 8598"}).branch == "000037178598"
    wrong = clean(ROW | {"vestigingsnummer": "hoofdkantoor"})
    assert wrong.branch is None
    assert "hoofdkantoor" in wrong.notes[0]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("31-12-2017", date(2017, 12, 31)),
        ("31/12/2017", date(2017, 12, 31)),
        ("31.12.17", date(2017, 12, 31)),
        ("1-2-2017", date(2017, 2, 1)),
        ("2017-12-31", date(2017, 12, 31)),
        ("2017/12/31", date(2017, 12, 31)),
        ("20171231", date(2017, 12, 31)),
        ("2017-12-31T10:00:00", date(2017, 12, 31)),
        ("31 december 2017", date(2017, 12, 31)),
        ("1 mrt. 2016", date(2016, 3, 1)),
        ("1 Maart 2016", date(2016, 3, 1)),
        ("29-02-2016", date(2016, 2, 29)),
        ("43100", date(2017, 12, 31)),
        ("43100.0", date(2017, 12, 31)),
        ("1-1-99", date(1999, 1, 1)),
        ("29-2-96", date(1996, 2, 29)),
        ("29-02-2017", None),
        ("12-31-2017", None),
        ("1 brumaire 2016", None),
        ("12345", None),
        ("morgen", None),
        ("", None),
    ],
)
def test_dates_come_in_many_notations(text: str, day: date | None) -> None:
    assert read_date(text) == day


def test_what_two_digits_of_a_year_mean_follows_the_year_of_today() -> None:
    for year, meant in ((2026, 1947), (2027, 2047)):
        with own_clock(partial(datetime, year, 6, 1, tzinfo=UTC)):
            assert read_date("1-2-47") == date(meant, 2, 1)


def test_headers_are_known_in_many_spellings() -> None:
    raw = {"KvK-nummer": "01234567", "Naam activiteit": "Dag", "RU": "3", "iets": "anders"}

    assert by_column(raw) == {"kvk": "01234567", "title": "Dag", "total_hours": "3"}


LATE = Run(start=date(2027, 2, 28))


@pytest.mark.parametrize(
    ("header", "text", "field", "value", "note"),
    [
        ("contacturen", "1.680", "contact_hours", Decimal(1680), "is gelezen als 1680 uur"),
        ("maximum deelnemers", "1.500", "max_participants", 1500, "is gelezen als 1500"),
        ("contacturen", "veel", "contact_hours", None, "is geen aantal uren"),
        ("contacturen", "1.260417", "contact_hours", Decimal("1.26"), "is gelezen als 1,26"),
        ("startdatum", "1-1-2207", "runs", (), "is geen datum"),
        ("startdatum", "2027-02-28 23:00", "runs", (LATE,), "de volgende dag bedoeld"),
        ("startdatum", "46446.958333333336", "runs", (LATE,), "de volgende dag bedoeld"),
        (
            "startdatum",
            "Sun Feb 28 2027 23:00:00 GMT+0000 (UTC)",
            "runs",
            (LATE,),
            "de volgende dag bedoeld",
        ),
        ("online", "misschien", "online", False, "is geen ja of nee"),
        ("website", "n.v.t.", "url", "", "is geen webadres"),
        ("website", "http://.nl", "url", "", "is geen webadres"),
    ],
)
def test_what_may_have_meant_otherwise_has_a_note(
    header: str, text: str, field: str, value: object, note: str
) -> None:
    row = clean({**ROW, header: text})
    assert row.values[field] == value
    assert any(text in each and note in each for each in row.notes)


@pytest.mark.parametrize(
    ("text", "branch"),
    [("000012345678", "000012345678"), ("12345678", "000012345678"), ("1234 5678", "000012345678"),
     ("0", None), ("1234567890123", None), ("geen", None),
     ("3,7178598E+07", None), ("37.178.598", "000037178598")],
)  # fmt: skip
def test_a_branch_number_gets_its_zeros_back(text: str, branch: str | None) -> None:
    row = clean({**ROW, "vestigingsnummer": text})
    assert row.branch == branch
    assert any("vestigingsnummer" in each for each in row.notes) == (branch is None)


def test_what_stands_between_brackets_and_is_no_tag_stays() -> None:
    text = "Mail Anna <anna@leerkring.nl>\n- lezen\n- doen"
    row = clean({**ROW, "titel": "Lezen <met> Anna", "inhoud en opzet": text})
    assert row.values["title"] == "Lezen <met> Anna"
    assert as_text(row.values["content"]) == "Mail Anna <anna@leerkring.nl>\n\n- lezen\n- doen"
    assert row.notes == []


@pytest.mark.parametrize(
    "markup", ["<img src='x.gif'>", "<u>dag</u>", "<table><tr><td>1</td></tr></table>"]
)
def test_markup_that_goes_is_told(markup: str) -> None:
    row = clean({**ROW, "inhoud en opzet": f"<p>Dag</p>{markup}"})
    assert row.notes == ["Inhoud en opzet: opmaak die niet mag, is weggehaald."]
