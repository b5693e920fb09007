"""Runs of an offer: read from JSON, checked, told in words, kept with the offer."""

from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.orm import Session

from processes.register.offers import offers
from processes.register.offers.fields import OfferFieldError, fields_of, read
from processes.register.offers.offers import Offer, OfferStatus
from processes.register.offers.run_values import Language
from processes.register.offers.runs import MOST_RUNS, Run, first_day, next_run, runs_of, undated
from processes.register.offers.versions import versions_of
from tests.processes.register.conftest import NewOffer

BY = "medewerker 1"
UTRECHT = {
    "start": "2027-03-01",
    "start_time": "09:30",
    "end_time": "16:00",
    "place": "Utrecht",
    "price": "249.50",
    "vat_excluded": True,
    "places_free": 4,
    "language": "en",
}


def test_a_run_goes_to_json_and_back() -> None:
    (run,) = runs_of([UTRECHT])
    assert (run.start, run.start_time, run.price) == (
        date(2027, 3, 1),
        time(9, 30),
        Decimal("249.50"),
    )
    assert run.language is Language.ENGLISH
    assert runs_of([run.as_json()]) == (run,)
    assert run.as_json() == UTRECHT | {"end": None, "online": False}


def test_runs_stand_in_order_of_their_days_and_empty_ones_do_not_count() -> None:
    found = runs_of([{"online": True}, {}, {"start": "2027-05-01"}, {"place": " "}, UTRECHT])
    assert [run.start for run in found] == [date(2027, 3, 1), date(2027, 5, 1), None]
    assert first_day(found) == date(2027, 3, 1)
    assert first_day(runs_of([{"online": True}])) is None
    assert next_run(found, date(2027, 3, 2)) == Run(start=date(2027, 5, 1))
    assert next_run(found, date(2027, 5, 2)) is None


@pytest.mark.parametrize(
    ("run", "says"),
    [
        ({"start": "gisteren"}, "een dag"),
        ({"start": 3}, "een dag"),
        ({"start": "2027-03-01", "start_time": "25:00"}, "een tijd"),
        ({"start_time": "09:00"}, "op welke dag"),
        ({"end": "2027-03-01"}, "op welke dag"),
        ({"start": "2027-03-02", "end": "2027-03-01"}, "voor de eerste dag"),
        ({"start": "2027-03-01", "start_time": "10:00", "end_time": "09:00"}, "eindtijd"),
        ({"price": "-1"}, "bedrag"),
        ({"price": "NaN"}, "bedrag"),
        ({"price": "1e9"}, "bedrag"),
        ({"price": "1.005"}, "bedrag"),
        ({"price": []}, "bedrag"),
        ({"places_free": -1}, "aantal"),
        ({"places_free": "veel"}, "aantal"),
        ({"language": "klingon"}, "taal"),
        ({"place": "x" * 251}, "korter"),
        ({"koffie": True}, "bestaat uit"),
        ("morgen", "bestaat uit"),
        (None, "bestaat uit"),
    ],
)
def test_a_run_that_does_not_fit_is_refused_and_named(run: Any, says: str) -> None:
    with pytest.raises(OfferFieldError, match=rf"Uitvoering 2: .*{says}"):
        read({"runs": [UTRECHT, run]})


def test_there_is_a_limit_to_the_number_of_runs() -> None:
    with pytest.raises(OfferFieldError, match=str(MOST_RUNS)):
        read({"runs": [UTRECHT] * (MOST_RUNS + 1)})


@pytest.mark.parametrize(
    ("run", "words"),
    [
        (Run(), "In overleg"),
        (Run(start=date(2027, 3, 1)), "1 maart 2027"),
        (Run(start=date(2027, 3, 1), start_time=time(9, 30)), "1 maart 2027, 09.30 uur"),
        (
            Run(start=date(2027, 3, 1), start_time=time(9, 30), end_time=time(16)),
            "1 maart 2027, 09.30 tot 16.00 uur",
        ),
        (
            Run(start=date(2027, 3, 1), end=date(2027, 3, 5)),
            "1 maart 2027 tot en met 5 maart 2027",
        ),
        (
            Run(start=date(2027, 3, 1), start_time=time(9), end=date(2027, 3, 5), end_time=time(8)),
            "1 maart 2027, 09.00 uur tot en met 5 maart 2027, 08.00 uur",
        ),
    ],
)
def test_the_days_are_told_in_words(run: Run, words: str) -> None:
    assert run.when == words


@pytest.mark.parametrize(
    ("price", "excluded", "words"),
    [
        (None, False, ""),
        ("0", False, "Gratis"),
        ("250.00", False, "€ 250 inclusief btw"),
        ("249.50", True, "€ 249,50 exclusief btw"),
        ("1250.00", False, "€ 1.250 inclusief btw"),
        ("12500.05", True, "€ 12.500,05 exclusief btw"),
    ],
)
def test_the_price_is_told_in_words(price: str | None, excluded: bool, words: str) -> None:
    (run,) = runs_of([{"place": "Ede", "price": price, "vat_excluded": excluded}])
    assert run.price_text == words


def test_what_a_run_leaves_open_is_as_the_offer_says() -> None:
    assert Run(start=date(2027, 3, 1)).where("Ede", online=True) == ["Ede", "online"]
    assert Run(place="Breda").where("Ede", online=True) == ["Breda"]
    assert Run(online=True).where("Ede", online=False) == ["online"]
    assert Run(place="Breda", online=True).where("", online=False) == ["Breda", "online"]


@pytest.mark.rule("R28")
def test_runs_are_kept_with_the_offer_and_in_its_versions(
    session: Session, new_offer: NewOffer
) -> None:
    offer = new_offer(status=OfferStatus.PUBLISHED)
    assert offer.runs == ()
    offers.edit(session, offer.id, {"runs": [UTRECHT]}, based_on=1, by=BY)
    offers.edit(session, offer.id, {"runs": []}, based_on=2, by=BY)
    session.flush()
    session.expire_all()
    assert (session.get_one(Offer, offer.id).runs, offer.start_date) == ((), None)
    kept = versions_of(session, offer, 1).items[0].fields["runs"]
    assert kept == [UTRECHT | {"end": None, "online": False}]


def test_the_begin_date_is_that_of_the_first_run(session: Session, new_offer: NewOffer) -> None:
    offer = new_offer()
    later = UTRECHT | {"start": "2027-09-01"}
    offers.edit(session, offer.id, {"runs": [later, UTRECHT]}, based_on=1, by=BY)
    session.flush()
    session.expire_all()
    assert offer.start_date == date(2027, 3, 1)
    assert [run.start for run in offer.runs] == [date(2027, 3, 1), date(2027, 9, 1)]


def test_the_same_runs_are_no_change(session: Session, new_offer: NewOffer) -> None:
    offer = new_offer()
    offers.edit(session, offer.id, {"runs": [UTRECHT]}, based_on=1, by=BY)
    offers.edit(session, offer.id, {"runs": fields_of(offer)["runs"]}, based_on=2, by=BY)
    assert offer.version == 2


def test_a_copy_has_the_places_and_prices_without_the_days(
    session: Session, new_offer: NewOffer
) -> None:
    offer = new_offer()
    again = UTRECHT | {"start": "2027-09-01", "places_free": 12}
    runs = [UTRECHT, again, {"start": "2027-04-01"}]
    offers.edit(session, offer.id, {"runs": runs}, based_on=1, by=BY)
    copied = offers.copy(session, offer.id, by=BY)
    (run,) = copied.runs
    assert run == undated(offer.runs)[0]
    assert (run.place, run.start, run.places_free) == ("Utrecht", None, None)


def test_deleting_erases_the_runs(session: Session, new_offer: NewOffer) -> None:
    offer = new_offer()
    offers.edit(session, offer.id, {"runs": [UTRECHT]}, based_on=1, by=BY)
    offers.delete(session, offer.id, by=BY)
    assert (offer.runs, offer.start_date) == ((), None)
