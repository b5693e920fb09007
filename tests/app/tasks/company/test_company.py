"""The profile of a company: looked up again in the trade register, its history, its mails (R41)."""

from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.tasks.company import company as page_of_company
from processes.register.changes import AuditEvent
from processes.register.mail import OutgoingMail
from processes.register.providers.providers import Provider
from processes.register.providers.trade_register import FOUND, UNAVAILABLE, CompanyFacts
from tests.app.offers.offer_world import a_provider, an_employee
from workers.clients.trade_register import Answer

FACTS = CompanyFacts(kvk="68750110", name="De Leerkring B.V.", legal_form="Besloten vennootschap")


@pytest.fixture
def provider(app: Flask, client: FlaskClient, session: Session) -> Provider:
    app.config["WTF_CSRF_ENABLED"] = False
    provider = a_provider(session)
    an_employee(app, client)
    return provider


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Answer:
    """What the trade register answers."""
    found = Answer(FOUND, FACTS, "KVK API")

    class Register:
        def ask(self, kvk: str) -> Answer:
            assert kvk == FACTS.kvk
            return found

    monkeypatch.setattr(page_of_company, "trade_register", lambda _settings: Register())
    return found


@pytest.mark.rule("R41")
@pytest.mark.usefixtures("answer")
def test_what_is_different_in_the_trade_register_is_taken_over_and_told(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    assert client.post("/bedrijf/handelsregister").status_code == 303
    session.expire_all()
    assert (provider.name, provider.display_name) == ("De Leerkring B.V.", "De Leerkring")
    event = session.scalars(select(AuditEvent).filter_by(action="company-checked")).one()
    assert event.details["differences"] == {
        "Naam": ["De Leerkring", "De Leerkring B.V."],
        "Rechtsvorm": ["", "Besloten vennootschap"],
    }
    page = client.get("/bedrijf").text
    assert "Bijgewerkt: Naam, Rechtsvorm." in page
    assert "Nagekeken in het handelsregister: KVK API" in page
    assert "De Leerkring → De Leerkring B.V." in page
    client.post("/bedrijf/handelsregister")
    assert "Er is niets veranderd." in client.get("/bedrijf").text


@pytest.mark.rule("R41", "R42")
def test_a_trade_register_that_is_away_changes_nothing(
    client: FlaskClient, session: Session, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = replace(Answer(FOUND, None, "KVK API"), outcome=UNAVAILABLE)
    register = type("Register", (), {"ask": lambda _self, _kvk: away})
    monkeypatch.setattr(page_of_company, "trade_register", lambda _settings: register())
    assert client.post("/bedrijf/handelsregister").status_code == 303
    assert "geeft nu geen antwoord" in client.get("/bedrijf").text
    assert session.scalars(select(AuditEvent).filter_by(action="company-checked")).all() == []
    assert provider.name == "De Leerkring"


def test_the_mails_of_the_company_are_listed(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    mail = OutgoingMail(
        key="k",
        kvk=provider.kvk,
        kind="provider-reinstated",
        recipient="anna@leerkring.test",
        message_id="<m@loket.example>",
        subject="Uw registratie is weer geldig",
        text="t",
        html="h",
    )
    session.add(mail)
    session.commit()
    page = client.get("/bedrijf").text
    assert "Uw registratie is weer geldig" in page
    assert "anna@leerkring.test" in page


def test_a_colleague_who_is_no_administrator_only_reads(app: Flask, provider: Provider) -> None:
    other = app.test_client()
    an_employee(app, other, kvk=provider.kvk, employee="b" * 64)
    assert "Nu nakijken" not in other.get("/bedrijf").text
    assert other.post("/bedrijf/handelsregister").status_code == 403
