"""What people write, read in one place: characters, numbers, days, addresses, yes and no."""

from datetime import date, time
from decimal import Decimal

import pytest

from processes.reading import characters
from processes.reading.addresses import (
    NoAddressError,
    ascii_email,
    email_of,
    pasted,
    web_address,
)
from processes.reading.booleans import boolean_of
from processes.reading.dates import (
    ImpossibleDateError,
    NoDateError,
    date_of,
    day_of_cell,
    is_month_first,
    time_of,
)
from processes.reading.numbers import (
    NoNumberError,
    amount_of,
    decimal_of,
    has_grouping,
    hours_of,
    whole_of,
)

WOMAN_TEACHER = "\U0001f469\u200d\U0001f3eb"


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("Noor\u00a0de\u2009Wit", "Noor de Wit"),
        ("\u200bTi\u00adtel\ufeff", "Titel"),
        ("\u202eomgekeerd\u202c \u2066om\u2069 \u200fheen", "omgekeerd om heen"),
        ("Word\u000bbreekt\u000caf\u2028zo", "Word breekt af zo"),
        ("bel\x07len\x7f", "bellen"),
        ("\u2003", ""),
        ("\u3164\u2800\uffa0", ""),
        ("\U000e0041\U000e0042\ue123", ""),
        ("e\u0301\u0301n", "e\u0301\u0301n"),
        (f"Dag {WOMAN_TEACHER}", f"Dag {WOMAN_TEACHER}"),
        ("a\u200db", "ab"),
        ("  twee   woorden  ", "twee woorden"),
    ],
)
def test_a_line_keeps_only_what_is_seen(typed: str, read: str) -> None:
    assert characters.line(typed) == read
    assert characters.line(read) == read


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("een\r\ntwee\rdrie\x0bvier\u2029vijf", "een\ntwee\ndrie\nvier\nvijf"),
        ("\uf0b7\u00a0lezen  \n  naam: 1", "\u2022 lezen\n  naam: 1"),
        ("\u200b\n\u00a0", ""),
    ],
)
def test_lines_keep_their_ends_and_beginnings(typed: str, read: str) -> None:
    assert characters.lines(typed) == read


@pytest.mark.parametrize("text", ["", " ", "\u200b", "\u2003", "\u3164", "\u0301", "\xad\n"])
def test_nothing_to_see(text: str) -> None:
    assert not characters.is_visible(text)


@pytest.mark.parametrize("text", ["a", "-", "7", "\u20ac", "\U0001f600", "\u0645"])
def test_something_to_see(text: str) -> None:
    assert characters.is_visible(text)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("3", "3"),
        ("3,5", "3.5"),
        ("3.5", "3.5"),
        ("1500", "1500"),
        ("1.500", "1500"),
        ("1.500,25", "1500.25"),
        ("1 500", "1500"),
        ("1\u202f500,5", "1500.5"),
        ("1'500", "1500"),
        ("1.234.567", "1234567"),
        ("12.50", "12.50"),
        ("0.500", "0.5"),
        ("1,500", "1.5"),
        ("\u22123,5", "-3.5"),
        ("\u20131.500", "-1500"),
        ("7\u00bd", "7.5"),
        ("7 \u00bd", "7.5"),
        ("\u00bd", "0.5"),
        ("\u00be", "0.75"),
        ("007", "7"),
    ],
)
def test_a_number(typed: str, number: str) -> None:
    assert decimal_of(typed) == Decimal(number)


@pytest.mark.parametrize(
    "typed",
    ["", "drie", "1,234.56", "1.50.000", "1.5000.000", "12.", ",5x", "1e3", "NaN", "1/2", "9" * 16,
     "\u0661", "3,5,5", "--3", "1 50"],
)  # fmt: skip
def test_no_number(typed: str) -> None:
    with pytest.raises(NoNumberError):
        decimal_of(typed)


@pytest.mark.parametrize(("typed", "number"), [("1.500", 1500), ("20,0", 20), ("-3", -3)])
def test_a_whole_number(typed: str, number: int) -> None:
    assert whole_of(typed) == number


@pytest.mark.parametrize(
    ("typed", "hours"),
    [
        ("12", "12"),
        ("12 uur", "12"),
        ("3,5u", "3.5"),
        ("7:30", "7.5"),
        ("07:30:00", "7.5"),
        ("7 1/2", "7.5"),
        ("2 3/4 uur", "2.75"),
        ("7u30", "7.5"),
        ("7h30", "7.5"),
        ("7 uur en 30 minuten", "7.5"),
        ("90 minuten", "1.5"),
        ("45 min.", "0.75"),
        ("7\u00bd uur", "7.5"),
        ("1.680", "1680"),
        ("100:15", "100.25"),
        ("12h", "12"),
        ("12 klokuren", "12"),
        ("40 SBU", "40"),
        ("8 RU", "8"),
    ],
)
def test_hours(typed: str, hours: str) -> None:
    assert hours_of(typed) == Decimal(hours)


@pytest.mark.parametrize(
    ("typed", "euros"),
    [
        ("250", "250"),
        ("49,50", "49.5"),
        ("\u20ac 1.250", "1250"),
        ("\u20ac12,-", "12"),
        ("12,\u2013", "12"),
        ("1.250,--", "1250"),
        ("EUR 12,50", "12.5"),
        ("12 euro", "12"),
        ("12 \u20ac", "12"),
        ("Gratis", "0"),
        ("kosteloos", "0"),
        ("Gratis!", "0"),
        ("geen kosten", "0"),
        ("\u20ac 250.-", "250"),
        ("250,=", "250"),
        ("250,- euro", "250"),
        ("250 euro's", "250"),
        ("\u20ac 250 p.p.", "250"),
        ("49,50 per persoon", "49.5"),
    ],
)
def test_an_amount(typed: str, euros: str) -> None:
    assert amount_of(typed) == Decimal(euros)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "euro",
        "12,505",
        "12 dollar",
        "vanaf 12",
        "12,- of 15,-",
        "1,250",
        "0.505",
        "250 excl. btw",
        "2 dagen \u00e0 \u20ac 450",
        "3 x \u20ac 150",
        "4 bijeenkomsten, \u20ac 395",
        "\u20ac 395 / 4 bijeenkomsten",
        "450 euro (2 dagen)",
        "niveau 2: \u20ac 80",
    ],
)
def test_no_amount(typed: str) -> None:
    with pytest.raises(NoNumberError):
        amount_of(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "9:30",
        "09:30",
        "9.30",
        "9.30 uur",
        "9u30",
        "09h30",
        "9:30u",
        "9 u 30",
        " 9:30 ",
        "9:30 u.",
        "9.30 uur.",
        "9,30",
        "9 uur 30",
        "9:30:00",
        "9:30h",
    ],
)
def test_a_time(typed: str) -> None:
    assert time_of(typed) == time(9, 30)
    assert time_of(typed.replace("9", "8")) == time(8, 30)


def test_whole_hours_and_no_time() -> None:
    assert time_of("14 uur") == time_of("14") == time_of("14h") == time_of("1400") == time(14)
    for typed in ("", "24:00", "9:60", "half tien", "9:3", "9:30:15", "930", "2400", "9,5"):
        with pytest.raises(ValueError, match="no time"):
            time_of(typed)


def test_a_point_between_thousands_is_told() -> None:
    assert has_grouping("1.680 uur")
    assert not any(has_grouping(each) for each in ("1680", "1.68", "1 680", "7:30"))


@pytest.mark.parametrize(
    "typed",
    ["1-3-2027", "01-03-2027", "1-3-27", "1/3/2027", "1.3.2027", "1 3 2027", "01032027",
     "2027-03-01", "2027-3-1", "20270301", "1 maart 2027", "1 mrt 2027", "1 mrt. '27",
     "1e maart 2027",
     "1ste maart 2027", "ma 1 maart 2027", "maandag 1 maart 2027", "Ma. 1-3-2027",
     "1 \u2013 3 \u2013 2027",
     "1\u20113\u20112027", "1\u00a0maart\u00a02027", " 1-3-2027 ", "1-maart-2027",
     "1 maart \u201827", "1 mrt \u201927", "1 mrt.2027", "1maart2027", "1 maart 2027.", "1-3-2027;",
     "1-3-2027 0:00", "01-03-2027 00:00:00", "2027-03-01T00:00:00.000",
     "2027-03-01T00:00:00.000Z", "2027-03-01T00:00:00+01:00", "2027-03-01 00:00:00+0000",
     '"2027-03-01T00:00:00.000Z"', "Mon Mar 01 2027",
     "Mon Mar 01 2027 00:00:00 GMT+0100 (Central European Standard Time)",
     "Mon Mar 01 2027 00:00:00 GMT+0000"],
)  # fmt: skip
def test_a_day(typed: str) -> None:
    assert date_of(typed) == date(2027, 3, 1)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("3 sept 2027", date(2027, 9, 3)),
        ("3 sept. '27", date(2027, 9, 3)),
        ("vr 3 sep 2027", date(2027, 9, 3)),
        ("4 febr. 2027", date(2027, 2, 4)),
        ("don. 4 feb 2027", date(2027, 2, 4)),
        ("woe 3 maart 2027", date(2027, 3, 3)),
        ("zon 1 aug. 2027", date(2027, 8, 1)),
        ("01 March 2027", date(2027, 3, 1)),
        ("1-May-27", date(2027, 5, 1)),
        ("31-Oct-2027", date(2027, 10, 31)),
        ("1december2027", date(2027, 12, 1)),
        ("1e december 2027", date(2027, 12, 1)),
    ],
)
def test_shortened_names(typed: str, day: date) -> None:
    assert date_of(typed) == day


@pytest.mark.parametrize(
    "typed",
    ["31-2-2027", "1-13-2027", "0-1-2027", "1-1-0026", "1-1-3207", "di 1 maart 2027", "29-2-27"],
)
def test_an_impossible_day(typed: str) -> None:
    with pytest.raises(ImpossibleDateError) as error:
        date_of(typed)
    assert str(error.value)


@pytest.mark.parametrize(
    "typed",
    ["28-2-2027 23:00", "2027-02-28T23:00:00.000Z", "2027-06-30 22:00:00", "zo 28-2-2027 23:00",
     "2027-02-28T23:00:00+00:00", "Sun Feb 28 2027 23:00:00 GMT+0000 (Coordinated Universal Time)"],
)  # fmt: skip
def test_a_day_with_the_hour_of_midnight_in_utc_may_be_the_day_before(typed: str) -> None:
    with pytest.raises(ImpossibleDateError, match=r"2[23] uur bij deze datum"):
        date_of(typed)


def test_the_number_of_a_day_may_have_an_hour_behind_it() -> None:
    """Where a cell has no format: 1 March 2027, at noon, and as midnight of Amsterdam in UTC."""
    assert day_of_cell("46447") == day_of_cell("46447.5") == date(2027, 3, 1)
    for number, hour in (("46446.958333333336", 23), ("46446,9583333", 23), ("46568.9166667", 22)):
        with pytest.raises(ImpossibleDateError, match=f"{hour} uur bij deze datum"):
            day_of_cell(number)


def test_a_month_in_front_is_told_where_there_is_no_such_day() -> None:
    with pytest.raises(ImpossibleDateError, match=r"maand voorop\? .*: 15-03-2027"):
        date_of("3/15/2027")
    assert date_of("3/1/2027") == date(2027, 1, 3)
    asked = ("3/15/2027", "15/3/2027", "3/1/2027", "3/3/2027", "3-15-2027", "13/14/2027")
    told = [True, False, None, False, False, False]
    assert [is_month_first(each) for each in asked] == told


def test_a_month_in_front_is_told_of_a_year_of_two_digits() -> None:
    """As SheetJS writes a day of the usual format of Excel."""
    with pytest.raises(ImpossibleDateError, match=r"maand voorop\? .*: 15-03-2027"):
        date_of("3/15/27")
    asked = ("3/15/27", "15/3/27", "3/1/27", "3/3/27", "3/1/027")
    assert [is_month_first(each) for each in asked] == [True, False, None, False, False]


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "morgen",
        "morgen 23:00",
        "maart 2027",
        "1 maart",
        "1-3",
        "1 foo 2027",
        "1-3-027",
        "1-3-2027 9:00",
    ],
)
def test_no_day(typed: str) -> None:
    with pytest.raises(NoDateError):
        date_of(typed)


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("noor@bedrijf.nl", "noor@bedrijf.nl"),
        (" noor@BEDRIJF.nl\u200b", "noor@bedrijf.nl"),
        ("o'hara+les_1=x@sub.bedrijf.nl", "o'hara+les_1=x@sub.bedrijf.nl"),
        ("noor@caf\u00e9.nl", "noor@caf\u00e9.nl"),
        (f"{'a' * 64}@bedrijf.nl", f"{'a' * 64}@bedrijf.nl"),
    ],
)
def test_an_address(typed: str, address: str) -> None:
    assert email_of(typed) == address
    assert ascii_email(typed).isascii()


@pytest.mark.parametrize(
    "typed",
    ["", "noor", "noor@", "@bedrijf.nl", "noor@bedrijf", "a@b.nl, c@d.nl", "Noor <noor@bedrijf.nl>",
     "no or@bedrijf.nl", "noor@bedrijf..nl", "no\u00f6r@bedrijf.nl", f"{'a' * 65}@bedrijf.nl",
     "=?utf-8?q?noor?=@bedrijf.nl", '"noor"@bedrijf.nl', "noor@[127.0.0.1]", "noor@-x.nl",
     f"noor@{'.'.join(['é' * 45] * 4)}.nl", "noor@bedrijf.n"],
)  # fmt: skip
def test_no_address(typed: str) -> None:
    with pytest.raises(NoAddressError):
        email_of(typed)


@pytest.mark.parametrize(
    ("clipboard", "address"),
    [
        ("Noor de Wit <noor@bedrijf.nl>", "noor@bedrijf.nl"),
        ('"Wit, Noor de" <noor@bedrijf.nl>; ', "noor@bedrijf.nl"),
        ("mailto:noor@bedrijf.nl", "noor@bedrijf.nl"),
        ("\u201cnoor@bedrijf.nl\u201d", "noor@bedrijf.nl"),
        ("noor@bedrijf.nl.", "noor@bedrijf.nl"),
        ("<https://bedrijf.nl/a?b=c>", "https://bedrijf.nl/a?b=c"),
        ("www.bedrijf.nl.", "www.bedrijf.nl"),
        ("een@b.nl; twee@b.nl", "een@b.nl; twee@b.nl"),
        ("Een <een@b.nl>, Twee <twee@b.nl>", "Een <een@b.nl>, Twee <twee@b.nl>"),
    ],
)
def test_what_is_pasted_around_an_address_is_taken_off(clipboard: str, address: str) -> None:
    assert pasted(clipboard) == address


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("www.bedrijf.nl", "https://www.bedrijf.nl"),
        ("http://bedrijf.nl/pagina?x=1#y", "http://bedrijf.nl/pagina?x=1#y"),
        ("https://bedrijf.nl:8443/", "https://bedrijf.nl:8443/"),
        ("caf\u00e9.nl", "https://caf\u00e9.nl"),
        ("https://b\u200bedrijf.nl\u200e", "https://bedrijf.nl"),
        ("https://a.museum", "https://a.museum"),
        ("https://mijn-bedrijf.nl/a_b", "https://mijn-bedrijf.nl/a_b"),
        ("https://xn--caf-dma.nl", "https://xn--caf-dma.nl"),
    ],
)
def test_a_web_address(typed: str, address: str) -> None:
    assert web_address(typed) == address


@pytest.mark.parametrize(
    "typed",
    ["", "n.v.t.", "n.v.t", "geen", "geen.", "www..nl", "http://.nl", "https://..", "https://", "ftp://a.nl",
     "javascript:alert(1)", "mailto:noor@bedrijf.nl", "https://noor@bedrijf.nl", "https://127.0.0.1",
     "https://bedrijf.nl:99999", "https://bedrijf.n1", "https://-bedrijf.nl", "https://a b.nl",
     "https://bedrijf.nl/<b>", "bedrijf.nl.", "http://bedrijf_x.nl", "a" * 500 + ".nl",
     "nvt", "-", "."],
)  # fmt: skip
def test_no_web_address(typed: str) -> None:
    with pytest.raises(NoAddressError):
        web_address(typed)


@pytest.mark.parametrize(
    ("written", "value"),
    [("ja", True), ("Ja ", True), ("J", True), ("1", True), ("WAAR", True), ("x", True),
     ("true", True),
     ("nee", False), ("N", False), ("0", False), ("onwaar", False), ("false", False), ("-", False),
     ("", None), ("misschien", None), ("2", None)],
)  # fmt: skip
def test_yes_and_no(written: str, value: bool | None) -> None:
    assert boolean_of(written) is value


def test_what_is_not_looked_at_by_its_category_is_seen_as_it_is() -> None:
    printed = [c for c in map(chr, range(0x20000)) if c.isprintable()]
    assert len(printed) > 70_000
    usual = [c for c in printed if c not in characters.BLANKS]
    # With a tab beside it, every character is looked at.
    assert [c for c in usual if characters.seen(f"{c}\t") != f"{c} "] == []
    assert {characters.seen(f"a{blank}b\nc") for blank in characters.BLANKS} == {"a b\nc"}
