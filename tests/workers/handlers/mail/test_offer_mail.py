"""The mails about what the staff found in an activity (R73)."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from processes.platform.settings import Settings
from processes.register.offers.offers import Offer, delete
from tests.app.offers.offer_world import a_catalogue_offer, a_provider
from workers.handlers.mail.offer_mail import offer_letter


@pytest.fixture
def offer(worker_settings: Settings, session: Session) -> Offer:
    assert worker_settings
    return a_catalogue_offer(session, a_provider(session), title="Rekenen <b>")


@pytest.mark.rule("R73")
def test_each_mail_names_the_activity_and_says_what_is_asked(
    session: Session, offer: Offer
) -> None:
    said: dict[str, Any] = {"corrections": {"cost": "Klopt dit?"}, "remark": "Kijk het na."}
    asked = offer_letter(session, offer.id, kind="offer-correction", **said)
    hidden = offer_letter(session, offer.id, kind="offer-hidden", **said)
    shown = offer_letter(session, offer.id, kind="offer-shown", corrections={}, remark="")
    assert asked
    assert hidden
    assert shown
    assert asked.recipient == "anna@leerkring.test"
    assert asked.subject == "Wilt u Rekenen <b> aanpassen?"
    assert "Kosten: Klopt dit?\nIn het algemeen: Kijk het na." in asked.text
    assert "WAAROM\n\nKijk het na.\n\nKosten: Klopt dit?" in hidden.text
    assert "/bezwaar" in hidden.text
    assert "Rekenen &lt;b&gt;" in shown.html


def test_nothing_is_mailed_about_what_was_deleted(session: Session, offer: Offer) -> None:
    delete(session, offer.id, by="medewerker 1")
    assert offer_letter(session, offer.id, kind="offer-hidden", corrections={}, remark="x") is None
