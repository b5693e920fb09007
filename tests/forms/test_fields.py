"""Fields: parsing, messages, invisible characters, and arbitrary text (property test)."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wtforms import Field, Form

from forms.choices import YesNoField
from forms.fields import (
    DutchDateField,
    EmailField,
    KvkNumberField,
    LineField,
    PhoneField,
    PostcodeField,
    UrlField,
    shown_phone,
)
from forms.numbers import CountField, DecimalField, HoursField
from forms.registry import Draft
from forms.summary import named_error


class Example(Form):
    kvk = KvkNumberField("KvK-nummer")
    postcode = PostcodeField("Postcode")
    day = DutchDateField("Dag")
    number = DecimalField("Getal")
    hours = HoursField("Uren")
    count = CountField("Aantal")
    email = EmailField("E-mailadres")
    phone = PhoneField("Telefoon")
    url = UrlField("Webadres")
    line = LineField("Regel", limit=10)
    answer = YesNoField("Antwoord")


def field_with(name: str, text: str) -> Field:
    form = Example(Draft({"answer": ["ja"], name: [text]}))
    form.validate()
    return form[name]


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("kvk", "69599084", "69599084"),
        ("kvk", " 6959 90.84 ", "69599084"),
        ("kvk", "00012345", "00012345"),
        ("postcode", "1234ab", "1234 AB"),
        ("postcode", "9712-wl", "9712 WL"),
        ("postcode", "NL-9712 WL", "9712 WL"),
        ("kvk", "KvK-nummer: 69599084", "69599084"),
        ("kvk", "kvk 69599084.", "69599084"),
        ("phone", "tel. 010-1234567", "+31101234567"),
        ("phone", "T: 010 123 45 67", "+31101234567"),
        ("phone", "Mobiel 06-12345678", "+31612345678"),
        ("phone", "(+31) 6 12345678", "+31612345678"),
        ("phone", "+31 [0]6 12345678", "+31612345678"),
        ("email", "Noor de Wit <noor@scholing.nl>", "noor@scholing.nl"),
        ("url", "<https://www.bedrijf.nl/klachten>", "https://www.bedrijf.nl/klachten"),
        ("day", "31-12-2026", date(2026, 12, 31)),
        ("day", "1/3/2026", date(2026, 3, 1)),
        ("day", "2026-03-01", date(2026, 3, 1)),
        ("day", "01032026", date(2026, 3, 1)),
        ("day", "1 maart 2026", date(2026, 3, 1)),
        ("day", "1 mrt 2026", date(2026, 3, 1)),
        ("day", "29-02-2028", date(2028, 2, 29)),
        ("number", "3,5", Decimal("3.5")),
        ("number", "3.5", Decimal("3.5")),
        ("number", "-3", Decimal(-3)),
        ("number", "1.500", Decimal(1500)),
        ("hours", "7:30", Decimal("7.5")),
        ("hours", "7:20", Decimal("7.33")),
        ("hours", "7\u00bd", Decimal("7.5")),
        ("count", "1.500", 1500),
        ("day", "ma 1 maart 2027", date(2027, 3, 1)),
        ("day", "1-3-27", date(2027, 3, 1)),
        ("phone", "06\u2013123 456 78", "+31612345678"),
        ("phone", "+31 (0)10 123 45 67", "+31101234567"),
        ("phone", "010 123 45 67 tst. 12", "+31101234567;ext=12"),
        ("phone", "010-1234567 toestel 9", "+31101234567;ext=9"),
        ("phone", "06\u201112345678", "+31612345678"),
        ("phone", "06 \u2013 12345678", "+31612345678"),
        ("phone", "31612345678", "+31612345678"),
        ("line", "a\x00b\u202ec\u00ad", "abc"),
        ("kvk", "\u200b69599084\u00a0", "69599084"),
        ("email", "noor@\u200bscholing.nl", "noor@scholing.nl"),
        ("hours", "12 uur", Decimal(12)),
        ("hours", "0,25", Decimal("0.25")),
        ("count", "20", 20),
        ("email", " info@scholing.nl ", "info@scholing.nl"),
        ("email", "o\u2019brien@leer\u2011kring.nl", "o'brien@leer-kring.nl"),
        ("email", "E-mail: noor@scholing.nl", "noor@scholing.nl"),
        ("email", "noor\u2013wit@scholing.nl", "noor-wit@scholing.nl"),
        ("url", "www.leer\u2011kring.nl/po\u2013vo", "https://www.leer-kring.nl/po\u2013vo"),
        ("url", "www.leer\u2010kring.nl?a=b#c", "https://www.leer-kring.nl?a=b#c"),
        ("phone", "010 123 45 67", "+31101234567"),
        ("phone", "+32 2 123 45 67", "+3221234567"),
        ("url", "www.bedrijf.nl/klachten", "https://www.bedrijf.nl/klachten"),
        ("url", "http://bedrijf.nl", "http://bedrijf.nl"),
        ("line", "  een   twee ", "een twee"),
        ("answer", "nee", "nee"),
    ],
)
def test_an_answer_is_read(name: str, text: str, value: object) -> None:
    field = field_with(name, text)
    assert not field.errors
    assert field.data == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("kvk", "1234567"),
        ("kvk", "123456789"),
        ("kvk", "00000000"),
        ("day", "1-1-2207"),
        ("day", "1-1-0026"),
        ("hours", "-3"),
        ("hours", "1,255"),
        ("email", "a" * 65 + "@b.nl"),
        ("email", "=?utf-8?q?noor?=@scholing.nl"),
        ("phone", "0000000000"),
        ("phone", "++31101234567"),
        ("phone", "101234567"),
        ("phone", "010 123 456"),
        ("url", "n.v.t."),
        ("url", "https://.."),
        ("kvk", "\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18"),
        ("kvk", "1234567²"),
        ("postcode", "0234 AB"),
        ("postcode", "1234 SS"),
        ("day", "31-02-2026"),
        ("day", "1 aug"),
        ("day", "٣١-12-2026"),
        ("number", "3,5,1"),
        ("number", "1e9"),
        ("hours", "99999"),
        ("count", "0"),
        ("count", "3,5"),
        ("email", "geen adres"),
        ("email", "a@b.nl, c@d.nl"),
        ("email", "a@b.nl\r\nBcc: c@d.nl"),
        ("email", "a" * 250 + "@b.nl"),
        ("phone", "bel mij"),
        ("phone", "12"),
        ("url", "javascript:alert(1)"),
        ("url", "ftp://bedrijf.nl"),
        ("url", "https://naam:geheim@bedrijf.nl"),
        ("url", "https://bedrijf"),
        ("url", 'https://bedrijf.nl/"><script>'),
        ("line", "te lang voor dit vak"),
        ("answer", "misschien"),
    ],
)
def test_what_cannot_be_read_is_refused_with_help_and_stays_on_the_page(
    name: str, text: str
) -> None:
    field = field_with(name, text)
    assert field.errors
    assert field.errors[0][0].isupper()
    assert field.errors[0].endswith(".")


@pytest.mark.parametrize("text", ["", "  ", "\u200b", "\u2060 \ufeff", "\xa0"])
def test_what_nobody_sees_is_no_answer(text: str) -> None:
    class Required(Form):
        line = LineField("Naam", required="Vul een naam in.")

    form = Required(Draft({"line": [text]}))
    assert not form.validate()
    assert form.line.errors == ["Vul een naam in."]


def test_a_day_that_is_years_away_is_asked_about_once() -> None:
    class Planned(Form):
        day = DutchDateField("Dag")
        line = LineField("Naam", required="Vul een naam in.")

    first = Planned(Draft({"day": ["1-3-2077"], "line": ["x"]}))
    assert not first.validate()
    assert first.day.errors == ["Klopt 1 maart 2077? Verstuur het formulier dan nog een keer."]
    sure = {first.day.sure_name: [first.day.doubted]}
    again = Planned(Draft({"day": ["1-3-2077"], "line": ["x"], **sure}))
    assert again.validate()
    assert again.day.data == date(2077, 3, 1)
    assert not Planned(Draft({"day": ["1-3-2078"], "line": ["x"], **sure})).validate()


def test_an_accent_in_an_email_address_is_named() -> None:
    for typed, told in (("andr\u00e9@b.nl", "geen letters met een accent"), ("jan", "met een @")):
        (message,) = field_with("email", typed).errors
        assert told in message


@pytest.mark.parametrize(
    ("name", "text", "summary"),
    [
        ("count", "veel", "Aantal: Vul een heel getal in, bijvoorbeeld 20."),
        ("line", "te lang voor dit vak", "Regel: Maak de tekst korter: hier passen 10 tekens."),
        ("kvk", "1", "Vul een KvK-nummer van acht cijfers in, bijvoorbeeld 12345678."),
    ],
)
def test_an_error_far_from_its_field_names_it(name: str, text: str, summary: str) -> None:
    field = field_with(name, text)
    assert named_error(field, str(field.errors[0])) == summary


@pytest.mark.parametrize(
    ("label", "summary"),
    [
        ("Naam", "Rij 2, naam: Kort."),
        ("Hoe heet u?", "Rij 2, hoe heet u? Kort."),
        ("KvK-nummer", "Rij 2, KvK-nummer: Kort."),
        ("IBAN", "Rij 2, IBAN: Kort."),
        ("", "Rij 2: Kort."),
    ],
)
def test_an_error_in_a_table_names_its_row(label: str, summary: str) -> None:
    class Row(Form):
        cell = LineField(label)

    assert named_error(Row().cell, "Kort.", "Rij 2") == summary


def test_an_extension_is_shown_behind_the_number() -> None:
    assert shown_phone("+31101234567;ext=12") == "010 123 4567 toestel 12"
    assert field_with("phone", shown_phone("+31101234567;ext=12")).data == "+31101234567;ext=12"


def test_an_empty_optional_field_is_fine() -> None:
    form = Example(Draft({"answer": ["ja"], "day": [""], "email": ["  "]}))
    assert form.validate()
    assert form.day.data is None
    assert form.email.data is None


@pytest.mark.rule("R39")
def test_nothing_is_chosen_beforehand_in_a_yes_no_question() -> None:
    form = Example()
    assert form.answer.data is None
    assert "checked" not in form.answer()
    assert not Example(Draft({"line": ["x"]})).validate()


def test_values_are_shown_as_dutch_people_write_them() -> None:
    form = Example(
        None,
        data={"day": date(2026, 3, 1), "hours": Decimal("3.50"), "phone": "+31101234567"},
    )
    assert 'value="01-03-2026"' in form.day()
    assert 'value="3,5"' in form.hours()
    assert 'value="010 123 4567"' in form.phone()


@given(st.text(max_size=60))
def test_no_text_makes_a_field_crash(text: str) -> None:
    form = Example(Draft({name: [text] for name in Example().data}))
    form.validate()
    assert form.kvk.data is None or (form.kvk.data.isascii() and len(form.kvk.data) == 8)
