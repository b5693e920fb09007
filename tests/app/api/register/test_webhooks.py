"""A company asks for webhooks of its own, and an operator allows them."""

import re
from dataclasses import replace
from html import unescape
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.web.access import Role
from processes.casework.webhooks import own_webhooks
from processes.register.providers.people import ProviderUser, Right
from processes.register.providers.providers import Provider, suspend
from processes.webhooks import addresses
from processes.webhooks.events import CONFIRM, PREFIX
from processes.webhooks.keys import unlocked
from processes.webhooks.models import Disabled, WebhookAddress, WebhookDelivery
from processes.webhooks.own_addresses import MOST, TOO_MANY, Wanted
from tests.app.offers.offer_world import a_provider, an_employee
from tests.app.signing_in import KVK, sign_in, sign_in_as

PAGE = "/koppelingen/webhooks"
URL = "https://website.voorbeeld.nl/in"
PUBLISHED = f"{PREFIX}offer.published"
FORM = {"name": "Onze website", "url": URL, "events": [PUBLISHED]}

# Who may see and do what is asked of the same code on both databases: one is enough.
pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


@pytest.fixture
def provider(app: Flask, client: FlaskClient, session: Session) -> Provider:
    app.config["WTF_CSRF_ENABLED"] = False
    provider = a_provider(session)
    an_employee(app, client)
    return provider


def only(session: Session) -> WebhookAddress:
    session.expire_all()
    return session.scalars(select(WebhookAddress)).one()


def of(session: Session, kvk: str = KVK, name: str = "Onze website") -> str:
    """The page of a webhook of this company."""
    address, _ = own_webhooks.ask(session, kvk, Wanted(name, URL, [PUBLISHED]), by="anna")
    session.commit()
    return f"{PAGE}/{address.id}"


def allowed(session: Session) -> None:
    own_webhooks.allow(session, only(session), by="beheer")
    session.commit()


@pytest.mark.usefixtures("provider")
def test_it_is_asked_for_and_its_secret_shown_once(client: FlaskClient, session: Session) -> None:
    assert "U hebt nog geen webhooks" in client.get(PAGE).text
    answer = client.post(f"{PAGE}/nieuw", data=FORM)
    (secret,) = re.findall(r"whsec_[^<\s]+", unescape(answer.text))
    address = only(session)
    assert unlocked(address.secret) == secret
    assert (address.tenant, address.disabled_because) == (KVK, Disabled.ASKED)
    shown = client.get(f"{PAGE}/{address.id}").text
    assert "whsec_" not in shown
    assert "Tot die het toestaat, gaat er niets heen" in shown
    assert "Testbericht sturen" not in shown
    assert "Onze website" in client.get(PAGE).text
    assert session.scalars(select(WebhookDelivery)).all() == []


@pytest.mark.usefixtures("provider")
@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("name", "", "Vul een naam in voor het programma."),
        ("url", "http://website.voorbeeld.nl/in", "Het adres begint met https://."),
        ("url", "https://10.0.0.8/in", "Dit adres is van een besloten netwerk"),
        ("events", [], "Kies minstens één gebeurtenis."),
        ("events", [f"{PREFIX}case.started"], "Kies een van de mogelijkheden die u hier ziet."),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_nothing_typed_is_lost(
    client: FlaskClient, session: Session, field: str, value: object, told: str
) -> None:
    answer = client.post(f"{PAGE}/nieuw", data=FORM | {field: value}, follow_redirects=True)
    assert "(optioneel)" not in answer.text
    assert told in unescape(answer.text)
    for name in {"name", "url"} - {field}:
        assert f'value="{FORM[name]}"' in answer.text
    assert session.scalars(select(WebhookAddress)).all() == []


@pytest.mark.usefixtures("provider")
def test_a_company_has_five_at_most_and_one_that_stopped_makes_room(
    client: FlaskClient, session: Session
) -> None:
    pages = [of(session) for _ in range(MOST)]
    full = client.post(f"{PAGE}/nieuw", data=FORM, follow_redirects=True)
    assert TOO_MANY in full.text
    client.post(f"{pages[0]}/doen", data={"wat": "stoppen"})
    assert "whsec_" in client.post(f"{PAGE}/nieuw", data=FORM).text
    assert client.post(f"{pages[0]}/doen", data={"wat": "verder"}).status_code == 403


@pytest.mark.usefixtures("provider")
def test_an_operator_allows_it_and_changes_nothing_else(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    of(session)
    address_id = only(session).id
    page = f"/beheer/webhooks/{address_id}"
    sign_in(app, client, Role.OPERATOR)
    shown = client.get(page).text
    assert "KvK-nummer 68750110" in shown
    assert "Nieuwe sleutel" not in shown
    for path, sent in (
        (f"{page}/sleutel", {}),
        (f"{page}/gebeurtenissen", {"events": [PUBLISHED]}),
        (f"{page}/doen", {"wat": "test"}),
        (f"{page}/doen", {"wat": "oude-sleutel"}),
    ):
        assert client.post(path, data=sent).status_code == 403
    done = client.post(f"{page}/doen", data={"wat": "aan"}, follow_redirects=True)
    assert "Loket vraagt het adres nu om een bevestiging" in done.text
    assert session.scalars(select(WebhookDelivery.event_type)).all() == [CONFIRM]
    assert only(session).disabled_because == Disabled.UNCONFIRMED
    client.post(f"{page}/doen", data={"wat": "uit"})
    assert only(session).disabled_because == Disabled.OPERATOR
    assert session.get(WebhookAddress, address_id) is not None


@pytest.mark.usefixtures("provider")
def test_a_company_cannot_turn_on_what_an_operator_did_not_allow(
    client: FlaskClient, session: Session
) -> None:
    page = of(session)
    for wanted in ("verder", "bevestigen", "test", "mislukte"):
        client.post(f"{page}/doen", data={"wat": wanted})
        assert not only(session).enabled
    assert session.scalars(select(WebhookDelivery)).all() == []
    assert client.post(f"{page}/doen", data={"wat": "raar"}).status_code == 400
    allowed(session)
    client.post(f"{page}/doen", data={"wat": "bevestigen"})  # the first question is under way
    assert len(session.scalars(select(WebhookDelivery)).all()) == 1


@pytest.mark.usefixtures("provider")
def test_pausing_resuming_events_and_a_new_secret(client: FlaskClient, session: Session) -> None:
    page = of(session)
    addresses.enable(session, only(session))
    session.commit()
    client.post(f"{page}/doen", data={"wat": "pauze"})
    assert only(session).disabled_because == Disabled.PAUSED
    assert "gepauzeerd" in client.get(page).text
    client.post(f"{page}/doen", data={"wat": "verder"})
    assert only(session).enabled
    refused = client.post(f"{page}/gebeurtenissen", data={}, follow_redirects=True)
    assert "Kies minstens één gebeurtenis." in refused.text
    changed = f"{PREFIX}offer.changed"
    client.post(f"{page}/gebeurtenissen", data={"events": [changed]})
    assert addresses.events_of(session, only(session).id) == {changed}
    assert "whsec_" in client.post(f"{page}/sleutel").text
    assert only(session).previous_secret is not None
    client.post(f"{page}/doen", data={"wat": "oude-sleutel"})
    assert only(session).previous_secret is None
    client.post(f"{page}/doen", data={"wat": "test"})
    (sent,) = session.scalars(select(WebhookDelivery)).all()
    sent.job_id, sent.delivered_at = None, sent.at
    session.commit()
    client.post(f"{page}/opnieuw", data={"number": sent.number})
    session.refresh(sent)
    assert sent.job_id is not None


@pytest.mark.usefixtures("provider")
def test_what_is_of_another_company_is_not_there(client: FlaskClient, session: Session) -> None:
    own, theirs = of(session), of(session, "69599084")
    delivery = WebhookDelivery(
        event_id=uuid4(),
        address_id=UUID(theirs.rpartition("/")[2]),
        event_type=PUBLISHED,
        subject="offer/1",
    )
    session.add(delivery)
    session.commit()
    assert client.get(theirs).status_code == 404
    assert client.post(f"{theirs}/doen", data={"wat": "stoppen"}).status_code == 404
    assert client.post(f"{theirs}/sleutel").status_code == 404
    assert client.post(f"{own}/opnieuw", data={"number": delivery.number}).status_code == 404
    assert client.get(PAGE).text.count("<tr>") == 2  # the heading, and its own


def test_only_an_administrator_of_the_whole_company_comes_here(
    app: Flask, client: FlaskClient, session: Session, provider: Provider
) -> None:
    page = of(session)
    editor = an_employee(app, client, employee="c" * 64)
    session.get_one(ProviderUser, editor.id).right = Right.EDITOR
    session.commit()
    sign_in_as(app, client, replace(editor, right=Right.EDITOR))
    for path in (PAGE, f"{PAGE}/nieuw", page):
        assert client.get(path).status_code == 403
    assert "/koppelingen/webhooks" not in client.get("/koppelingen").text
    an_employee(app, client)
    suspend(session, provider, "Reden", by="register")
    session.commit()
    assert client.get(page).status_code == 200
    assert "Webhook stoppen" not in client.get(page).text
    assert client.post(f"{page}/doen", data={"wat": "stoppen"}).status_code == 403
    an_employee(app, client, branch="000037178598")
    assert client.get(page).status_code == 403
