"""The catalogue as programmes of EDU-DEX: what is told of each activity, in the form they ask."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from processes.base import now, set_clock, today
from processes.register.offers.offers import create
from processes.register.offers.reports.hiding import hide
from processes.register.offers.terms import OfferKind
from processes.register.providers.providers import Provider
from tests.app.api.register.edudex import PROGRAMME
from tests.app.offers.offer_world import BY, a_catalogue_offer, a_provider
from tests.app.signing_in import KVK


@pytest.fixture
def provider(app: Flask, session: Session) -> Provider:
    assert app
    return a_provider(session)


def soon(days: int = 0) -> str:
    """A day in the weeks to come."""
    return (today() + timedelta(days=40 + days)).isoformat()


def programmes(client: FlaskClient) -> list[dict[str, Any]]:
    """All of the first page, each as EDU-DEX asks."""
    from jsonschema import Draft202012Validator  # late: it takes two seconds

    answer = client.get("/api/v1/edudex-programmas")
    assert answer.status_code == 200
    told: Any = answer.json
    formats = Draft202012Validator.FORMAT_CHECKER
    validator = Draft202012Validator(PROGRAMME, format_checker=formats)
    for each in told["programs"]:
        assert [error.message for error in validator.iter_errors(each["data"])] == []
        classified = each["data"]["programClassification"]
        assert (each["orgUnitId"], each["programId"]) == (
            classified["orgUnitId"],
            classified["programId"],
        )
    found: list[dict[str, Any]] = told["programs"]
    return found


def test_a_whole_activity_is_told_in_full(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    run: dict[str, Any] = {"start": soon(), "place": "Breda", "price": "250", "language": "nl"}
    run |= {"vat_excluded": True, "places_free": 0}
    fields: dict[str, Any] = {
        "url": "https://voorbeeld.nl/rekenen",
        "subject": "Rekenen",
        "evidence": "Bewijs",
    }
    fields |= {"end_date": soon(9), "max_participants": 20}
    offer = a_catalogue_offer(session, provider, runs=[run], **fields)
    (told,) = programmes(client)
    assert (told["orgUnitId"], told["programId"], told["clientId"]) == (
        KVK,
        str(offer.id),
        "public",
    )
    data = told["data"]
    assert data["programDescriptions"]["programName"] == {"nl": offer.title}
    assert data["programDescriptions"]["webLink"] == {"nl": offer.url}
    assert data["programCurriculum"]["instructionLanguage"] == [
        {"languageCode": "nl", "percentage": 100}
    ]
    assert data["programClassification"]["programLocation"] == [{"description": "Breda"}]
    assert data["programClassification"]["degree"] == "certificate of participation"
    assert not data["programAdmission"]["applicationOpen"]
    (given,) = data["programSchedule"]["programRun"]
    assert given["startDate"] == {"date": soon(), "isFinal": True}
    assert given["endDate"] == {"date": soon(), "isFinal": False}
    (cost,) = given["cost"]
    assert (cost["amount"], cost["summaryText"]) == ("250.00", {"nl": "exclusief btw"})


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_run_keeps_its_id_when_another_one_is_over(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    days = [{"start": soon(), "start_time": at} for at in ("09:00", "13:00")]
    short, long = {"start": soon(-9)}, {"start": soon(-9), "end": soon()}
    a_catalogue_offer(session, provider, runs=[short, long, *days])
    moment = now() + timedelta(days=35)

    def ids() -> list[str]:
        (told,) = programmes(client)
        return [each["id"] for each in told["data"]["programSchedule"]["programRun"]]

    before = ids()
    set_clock(lambda: moment)
    assert len(set(before)) == 4
    assert ids() == before[1:]


@pytest.mark.parametrize("kind", list(OfferKind))
@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_what_is_empty_long_or_of_any_kind_is_told_in_the_same_form(
    client: FlaskClient, session: Session, provider: Provider, kind: OfferKind
) -> None:
    days = [{"start": soon(each)} for each in range(3)]
    over = [{"start": (today() - timedelta(days=9)).isoformat()}]
    long = {"title": "woord " * 41, "content": f"<p>{'Een lange zin. ' * 200}</p>"}
    test = {"self_study_account": "Boeken", "closing_test": "Toets"}
    a_catalogue_offer(session, provider, kind=kind.value, runs=[*over, *days], **long, **test)
    a_catalogue_offer(session, provider, kind=kind.value, online=True, runs=[{"online": True}])
    told = programmes(client)
    assert sorted(len(each["data"]["programSchedule"]["programRun"]) for each in told) == [0, 3]
    online = [each["data"]["programClassification"]["fullyOnline"] for each in told]
    assert sorted(online) == [False, True]


def test_only_what_is_in_the_catalogue_is_told_and_a_contact_only_where_it_wants(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    create(session, provider, by=BY)
    hidden = a_catalogue_offer(session, provider)
    hide(session, hidden.id, "De prijs klopt niet.", by=BY)
    session.commit()
    assert programmes(client) == []
    a_catalogue_offer(session, provider)
    (told,) = programmes(client)
    assert told["data"]["programContacts"] == {"contactData": []}
    provider.contact_public = True
    session.commit()
    (told,) = programmes(client)
    (contact,) = told["data"]["programContacts"]["contactData"]
    assert contact["contactName"] == provider.contact_name
