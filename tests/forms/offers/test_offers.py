"""Forms of offers."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from forms.offers.offers import DeleteOfferForm, EndDateForm, OfferForm
from forms.registry import Draft
from processes.base import own_clock
from processes.register.offers.fields import LONGEST
from processes.register.offers.offers import OfferKind


def test_an_empty_offer_may_be_saved_as_draft() -> None:
    form = OfferForm(Draft({"title": [""], "based_on": ["1"]}))
    assert form.validate()
    assert form.variables()["changes"]["title"] == ""


def test_an_offer_becomes_json_for_the_process() -> None:
    form = OfferForm(
        Draft(
            {
                "based_on": ["4"],
                "title": ["Rekenen"],
                "kind": ["cursus"],
                "contact_hours": ["3,5"],
                "areas": ["vakdidactisch", "pedagogisch"],
                "runs-0-start": ["1-9-2026"],
                "runs-0-price": ["€ 249,50"],
                "runs-2-online": ["y"],
            }
        )
    )
    assert form.validate()
    variables = form.variables()
    assert variables["action"] == "edit"
    assert variables["based_on"] == 4
    changes = variables["changes"]
    assert changes["contact_hours"] == "3.5"
    assert changes["areas"] == ["pedagogisch", "vakdidactisch"]
    first, second = changes["runs"]
    assert (first["start"], first["price"], first["online"]) == ("2026-09-01", "249.5", False)
    assert (second["start"], second["online"]) == (None, True)
    assert "based_on" not in changes


def test_an_offer_is_shown_as_it_is() -> None:
    form = OfferForm(
        None,
        data={
            "kind": OfferKind.COURSE,
            "contact_hours": Decimal("12.00"),
            "areas": frozenset({"pedagogisch"}),
            "end_date": date(2026, 12, 31),
        },
    )
    assert form.kind.data == "cursus"
    assert 'value="12"' in form.contact_hours()
    assert 'value="31-12-2026"' in form.end_date()
    assert str(form.areas()).count("checked") == 1


def test_an_end_date_before_the_start_is_refused_and_one_in_the_past_is_not() -> None:
    def accepts(end: str) -> bool:
        dates = {"runs-0-start": ["02-03-2027"], "end_date": [end]}
        return OfferForm(Draft(dates)).validate()

    with own_clock(lambda: datetime(2026, 11, 28, 12, tzinfo=UTC)):
        assert not accepts("01-03-2027")
        assert accepts("02-03-2027")
        assert accepts("27-11-2026")  # it is cancelled, and hidden (R20)


def test_a_choice_that_does_not_exist_is_refused() -> None:
    form = OfferForm(Draft({"sectors": ["po", "universum"], "kind": ["feest"]}))
    assert not form.validate()
    assert set(form.errors) == {"sectors", "kind"}


@pytest.mark.rule("R31")
@pytest.mark.parametrize(
    ("typed", "accepted"),
    [
        ("Rekenen met plezier", True),
        ("  rekenen  MET plezier ", True),
        ("verwijderen", True),
        ("Rekenen", False),
        ("", False),
    ],
)
def test_deleting_asks_to_type_the_title_or_the_word(typed: str, accepted: bool) -> None:
    form = DeleteOfferForm.for_title("Rekenen met plezier")(Draft({"confirmation": [typed]}))
    assert form.validate() is accepted


def test_clearing_the_end_date_is_a_change_too() -> None:
    form = EndDateForm(Draft({"end_date": [""]}))
    assert form.validate()
    assert form.variables() == {"action": "end-date", "end_date": None}


@pytest.mark.parametrize("field", ["title", "contribution", "content", "closing_test", "audience"])
def test_what_was_long_enough_for_the_older_register_can_be_saved(field: str) -> None:
    form = OfferForm(Draft({field: ["x" * LONGEST[field]]}))
    assert form.validate(), form.errors
    assert not OfferForm(Draft({field: ["x" * (LONGEST[field] + 1)]})).validate()
