"""Reads begin dates that older code wrote while hosts are upgraded one by one, as runs."""

from typing import Any

from sqlalchemy import event
from sqlalchemy.orm.attributes import set_committed_value

from processes.register.offers.rules import Offer
from processes.register.offers.runs import led_by


@event.listens_for(Offer, "load")
@event.listens_for(Offer, "refresh")
def _read_begin_date(offer: Offer, _context: Any, _names: Any = None) -> None:
    """Old code sets `start_date` and knows no runs: what it wrote counts as the first run."""
    known = offer.__dict__
    if "runs" not in known or "start_date" not in known:
        return  # neither was read: an offer of which some columns are asked
    runs = led_by(known["runs"], known["start_date"])
    if runs is not known["runs"]:
        set_committed_value(offer, "runs", runs)
