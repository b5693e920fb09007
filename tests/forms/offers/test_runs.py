"""The rows of runs in the form of an offer."""

from datetime import time
from decimal import Decimal

import pytest

from forms.offers.offers import OfferForm
from forms.offers.runs import RunForm
from forms.registry import Draft
from processes.register.offers.fields import read
from processes.register.offers.runs import Run


def row(**typed: str) -> RunForm:
    return RunForm(Draft({name: [text] for name, text in typed.items()}))


@pytest.mark.parametrize(
    ("text", "moment"),
    [("9:30", time(9, 30)), ("09.30 uur", time(9, 30)), ("14 u", time(14)), ("0:00", time(0))],
)
def test_a_time_is_read_as_people_write_it(text: str, moment: time) -> None:
    assert row(start="1-3-2027", start_time=text).start_time.data == moment


@pytest.mark.parametrize(
    ("text", "price"),
    [
        ("250", Decimal(250)),
        ("€ 1.250", Decimal(1250)),
        ("49,50", Decimal("49.5")),
        ("100,-", Decimal(100)),
        ("Gratis", Decimal(0)),
        ("75 euro", Decimal(75)),
    ],
)
def test_a_price_is_read_as_people_write_it(text: str, price: Decimal) -> None:
    form = row(price=text)
    assert form.validate()
    assert form.price.data == price


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("start_time", "half tien"),
        ("start_time", "25:00"),
        ("price", "veel"),
        ("price", "-3"),
        ("price", "1,005"),
        ("places_free", "-1"),
        ("start", "ooit"),
        ("language", "xx"),
    ],
)
def test_what_cannot_be_read_is_told_at_its_place_and_stays(field: str, text: str) -> None:
    typed = {"start": ["1-3-2027"], field: [text]}
    form = OfferForm(Draft({f"runs-3-{name}": value for name, value in typed.items()}))
    assert not form.validate()
    assert set(form.errors) == {"runs"}
    assert set(form.runs.entries[3].errors) == {field}
    if field != "language":
        assert f'value="{text}"' in form.runs.entries[3][field]()


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"start": "2-3-2027", "end": "1-3-2027"}, "end"),
        ({"start_time": "9:30"}, "start"),
        ({"start": "2-3-2027", "start_time": "10:00", "end_time": "9:00"}, "end_time"),
    ],
)
def test_days_and_times_that_do_not_fit_are_told_at_one_of_them(
    typed: dict[str, str], field: str
) -> None:
    form = row(**typed)
    assert not form.validate()
    assert set(form.errors) == {field}


def test_the_runs_of_an_offer_fill_the_rows_and_come_back_unchanged() -> None:
    given = [
        Run(place="Breda", online=True, price=Decimal("49.50")).as_json(),
        Run(places_free=0).as_json(),
    ]
    shown = OfferForm(data={"runs": given})
    assert shown.runs.open_rows == 3
    assert 'value="Breda"' in shown.runs.entries[0]["place"]()
    assert read({"runs": shown.runs.data}) == read({"runs": given})


def test_a_form_without_runs_opens_one_row() -> None:
    assert OfferForm().runs.open_rows == 1
    assert OfferForm(Draft({"title": ["x"]})).runs.data == []
