"""What an end date does to an offer, told before it is set (R20-R22)."""

from collections.abc import Sequence
from datetime import date

from processes.base import today
from processes.register.offers.rules import Offer
from processes.register.offers.runs import Run, first_day
from processes.register.offers.terms import OfferStatus

FIRST_YEAR = 2012  # the older register began then (A1)
FAR_YEARS = 10
SHOWN_AGAIN = "De activiteit staat hierna weer in de catalogus."


class EndBeforeStartError(ValueError):
    """The end date lies before the start date, and is not past: a slip (R22).

    In the past it means that the activity does not go ahead, which is allowed (R20).
    """

    def __init__(self, start: date, end: date) -> None:
        super().__init__("De einddatum ligt voor de begindatum.")
        self.start = start
        self.end = end


def check_days(runs: Sequence[Run], end: date | None) -> None:
    """An activity ends when it has begun, or does not go ahead. Raises EndBeforeStartError."""
    start = first_day(runs)
    if start and end and today() <= end < start:
        raise EndBeforeStartError(start, end)


def end_date_notices(offer: Offer, end_date: date | None, *, on: date) -> list[str]:
    """What to tell before an end date is set; none of it forbids (R20-R22)."""
    notices: list[str] = []
    if end_date is None:
        return notices
    if end_date < on:
        notices.append(_hidden_notice(offer, end_date, offer.start_date))
    elif offer.status is OfferStatus.PUBLISHED and offer.has_ended(on):
        notices.append(SHOWN_AGAIN)
    return [*notices, *odd_year_notices(end_date, on=on)]


def notices_of_days(
    offer: Offer, runs: Sequence[Run], end_date: date | None, *, on: date
) -> list[str]:
    """What to tell before runs and an end date are taken from a file; none of it forbids.

    Of an end date that is past only where it is another, or where the activity does not go ahead
    because of it and did before.
    """
    starts = first_day(runs)
    notices: list[str] = []
    if end_date is not None and end_date < on:
        is_called_off = starts is not None and end_date < starts
        if end_date != offer.end_date or (is_called_off and not offer.is_called_off(on)):
            told = f"De einddatum is {end_date:%d-%m-%Y}."
            notices.append(f"{told} {_hidden_notice(offer, end_date, starts)}")
    elif offer.status is OfferStatus.PUBLISHED and offer.has_ended(on):
        notices.append(SHOWN_AGAIN)
    if end_date != offer.end_date:
        notices += odd_year_notices(end_date, on=on)
    if runs != offer.runs:
        days = {day.year: day for run in runs for day in (run.start, run.end) if day}
        notices += [each for day in days.values() for each in odd_year_notices(day, on=on)]
    return list(dict.fromkeys(notices))


def odd_year_notices(end_date: date | None, *, on: date) -> list[str]:
    """A question about a year that looks like a slip; it is asked once, and forbids nothing."""
    if end_date is None or FIRST_YEAR <= end_date.year <= on.year + FAR_YEARS:
        return []
    return [f"Klopt het jaar {end_date.year}? Controleer de datum."]


def _hidden_notice(offer: Offer, end_date: date, starts: date | None) -> str:
    notice = (
        "Deze datum ligt in het verleden. Leraren vinden de activiteit dan niet meer in de "
        "catalogus."
    )
    if starts is not None and end_date < starts:
        return (
            f"{notice} De begindatum, {starts:%d-%m-%Y}, is later: u zegt hiermee dat de "
            "activiteit niet doorgaat. Leraren kunnen haar niet aan hun portfolio toevoegen."
        )
    if offer.status is OfferStatus.PUBLISHED or offer.was_validated:
        return f"{notice} Zij kunnen haar nog wel aan hun portfolio toevoegen."
    return notice
