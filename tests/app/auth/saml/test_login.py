"""Logging in by SAML: from the button to a session, at a broker without a network."""

import re
from base64 import b64encode

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.auth.attempts import ATTEMPT, MOST_AT_ONCE
from app.auth.claims import BRANCH, INTERMEDIARY, RSIN_TYPE, SERVICE_ID
from app.auth.saml.service import KeyPair, ServiceProvider
from app.auth.saml.signatures import verified
from app.auth.saml.xml import tag
from processes.platform.levels import URN
from processes.platform.settings import Settings
from processes.register.changes import AuditEvent
from processes.register.providers.web_sessions import WebSession
from tests.app.auth.saml.broker import (
    ASSERTION_SIGNED,
    BOTH_SIGNED,
    BROKER,
    LOGS_IN_AT,
    PSEUDONYM,
    TestBroker,
    message,
    one,
    request_in,
)
from tests.app.onboarding import field, heading


def begin(client: FlaskClient, after: str = "") -> TestResponse:
    token = field(client.get("/inloggen"), "csrf_token")
    form = {"csrf_token": token, "via": "eherkenning", "makelaar": BROKER, "next": after}
    return client.post("/inloggen", data=form)


def answered(client: FlaskClient, begun: TestResponse, response: str) -> TestResponse:
    form = {"SAMLResponse": response, "RelayState": field(begun, "RelayState")}
    return client.post("/inloggen/saml", data=form)


def sessions(session: Session) -> list[WebSession]:
    return list(session.scalars(select(WebSession)))


def request_id(begun: TestResponse) -> str:
    return request_in(begun).get("ID") or ""


@pytest.mark.parametrize("is_closed", [False, True])
def test_an_employee_logs_in_by_post(
    client: FlaskClient, session: Session, broker: TestBroker, *, is_closed: bool
) -> None:
    begun = begin(client)
    response = broker.response(request_id(begun), both=BOTH_SIGNED, is_closed=is_closed)
    back = answered(client, begun, message(response))
    assert (back.status_code, back.location) == (303, "/aanmelding")
    (row,) = sessions(session)
    assert (row.kvk, row.loa, row.subject) == ("68750110", "loa3", PSEUDONYM)
    assert (row.company, row.branch, row.intermediary) == ("Test BV Donald", None, None)


def test_a_response_by_post_is_signed_itself_too(
    client: FlaskClient, session: Session, broker: TestBroker
) -> None:
    """DV-HM interface: only within an ArtifactResponse, which is signed, it need not be."""
    begun = begin(client)
    response = broker.response(request_id(begun), both=ASSERTION_SIGNED)
    page = answered(client, begun, message(response))
    assert (page.status_code, heading(page)) == (502, "Inloggen lukt nu niet")
    assert sessions(session) == []


def test_the_request_is_signed_and_asks_as_the_norm_has_it(
    client: FlaskClient, ours: ServiceProvider
) -> None:
    begun = begin(client)
    request = request_in(begun)
    assert verified(request, [ours.pair.certificate]).get("ID") == request.get("ID")
    assert dict(request.items()) | {"ID": "", "IssueInstant": ""} == {
        "ID": "",
        "IssueInstant": "",
        "Version": "2.0",
        "Destination": LOGS_IN_AT,
        "ForceAuthn": "true",
        "ProtocolBinding": "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Artifact",
        "AssertionConsumerServiceURL": "http://localhost/inloggen/saml",
        "AttributeConsumingServiceIndex": "1",
    }
    assert [child.tag for child in request] == [tag("saml:Issuer"), tag("ds:Signature")]
    assert one(request, "saml:Issuer").text == ours.entity_id


def test_the_page_lets_the_form_go_to_the_broker_and_on_from_there(client: FlaskClient) -> None:
    begun = begin(client)
    assert re.search(r'<form[^>]*action="([^"]+)"', begun.text, re.DOTALL)
    policy = begun.headers["Content-Security-Policy"]
    assert "form-action 'self' https:;" in policy
    assert "form-action 'self';" in client.get("/over").headers["Content-Security-Policy"]
    assert begun.headers["Cache-Control"] == "no-cache, no-store"
    assert begun.headers["Pragma"] == "no-cache"
    assert len(field(begun, "RelayState").encode()) <= 80


def test_an_answer_without_cookies_is_sent_once_more_from_our_own_page(
    client: FlaskClient, session: Session, broker: TestBroker
) -> None:
    begun = begin(client)
    form = {
        "SAMLResponse": message(broker.response(request_id(begun))),
        "RelayState": field(begun, "RelayState"),
    }
    stranger = client.application.test_client()
    there = {"Origin": "https://makelaar.example", "Sec-Fetch-Site": "cross-site"}
    page = stranger.post("/inloggen/saml", data=form, headers=there)
    assert (page.status_code, page.headers.getlist("Set-Cookie")) == (200, [])
    names = (*form, "opnieuw")
    again = {name: field(page, name) for name in names}
    assert client.post("/inloggen/saml", data=again).location == "/aanmelding"
    assert len(sessions(session)) == 1


def test_an_answer_in_another_browser_gives_no_session(
    client: FlaskClient, session: Session, broker: TestBroker
) -> None:
    begun = begin(client)
    form = {
        "SAMLResponse": message(broker.response(request_id(begun))),
        "RelayState": field(begun, "RelayState"),
        "opnieuw": "1",
    }
    victim = client.application.test_client()
    assert victim.post("/inloggen/saml", data=form).status_code == 400
    assert sessions(session) == []


def test_an_answer_counts_once(client: FlaskClient, session: Session, broker: TestBroker) -> None:
    begun = begin(client)
    response = message(broker.response(request_id(begun)))
    assert answered(client, begun, response).status_code == 303
    # The browser sends it once more, and again with the mark that says so.
    form = {"SAMLResponse": response, "RelayState": field(begun, "RelayState"), "opnieuw": "1"}
    again = client.post("/inloggen/saml", data=form)
    assert (again.status_code, heading(again)) == (400, "Deze inlogpoging is verlopen")
    assert len(sessions(session)) == 1


def test_logins_that_were_not_finished_do_not_fill_the_cookie(
    client: FlaskClient, broker: TestBroker
) -> None:
    oldest = begin(client)
    newest = [begin(client) for _ in range(MOST_AT_ONCE)][-1]
    with client.session_transaction() as cookie:
        assert len([name for name in cookie if name.startswith(ATTEMPT)]) == MOST_AT_ONCE
    for begun, status in ((oldest, 400), (newest, 303)):
        response = message(broker.response(request_id(begun)))
        form = {"SAMLResponse": response, "RelayState": field(begun, "RelayState"), "opnieuw": "1"}
        assert client.post("/inloggen/saml", data=form).status_code == status


def test_an_answer_to_one_login_does_not_finish_another(
    client: FlaskClient, session: Session, broker: TestBroker
) -> None:
    first, second = begin(client), begin(client)
    response = message(broker.response(request_id(first)))
    assert answered(client, second, response).status_code == 502
    assert sessions(session) == []


@pytest.mark.rule("R8")
@pytest.mark.parametrize("level", [f"{URN}loa2", f"{URN}loa1", f"{URN}LOA3", "loa9", "x"])
def test_a_level_below_the_minimum_gives_no_session(
    client: FlaskClient, session: Session, broker: TestBroker, level: str
) -> None:
    begun = begin(client)
    back = answered(client, begun, message(broker.says(acr=level).response(request_id(begun))))
    assert back.status_code == 403
    assert sessions(session) == []


@pytest.mark.rule("R55", "R56")
def test_branch_and_intermediary_come_along(
    client: FlaskClient, session: Session, broker: TestBroker
) -> None:
    begun = begin(client)
    limited = broker.says(**{BRANCH: "000037178598", INTERMEDIARY: "90001354"})
    assert answered(client, begun, message(limited.response(request_id(begun)))).status_code == 303
    (row,) = sessions(session)
    assert (row.kvk, row.branch, row.intermediary) == ("68750110", "000037178598", "90001354")
    event = session.scalars(select(AuditEvent).filter_by(action="login")).one()
    subject = event.details["authorizee"]["legalSubject"]
    assert (subject["branchNumber"], subject["intermediary"]) == ("000037178598", "90001354")


@pytest.mark.rule("R72")
def test_an_rsin_comes_beside_the_kvk_number_and_is_kept_in_the_trail(
    client: FlaskClient, session: Session, broker: TestBroker
) -> None:
    begun = begin(client)
    response = broker.says(**{RSIN_TYPE: "857587973"}).response(request_id(begun))
    assert answered(client, begun, message(response)).status_code == 303
    assert sessions(session)[0].kvk == "68750110"
    event = session.scalars(select(AuditEvent).filter_by(action="login")).one()
    assert event.details["authorizee"]["legalSubject"]["rsin"] == "857587973"


def test_a_user_who_cancels_reads_that_they_are_not_logged_in(
    client: FlaskClient, session: Session, broker: TestBroker
) -> None:
    begun = begin(client)
    refusal = broker.refusal(request_id(begun), "Responder", "AuthnFailed")
    back = answered(client, begun, message(refusal))
    assert (back.status_code, heading(back)) == (200, "U bent niet ingelogd")
    assert sessions(session) == []


@pytest.mark.parametrize(
    "codes",
    [("Requester",), ("Responder", "RequestUnsupported"), ("Responder", "NoAuthnContext")],
)
def test_another_status_is_a_fault(
    client: FlaskClient, broker: TestBroker, codes: tuple[str, ...]
) -> None:
    begun = begin(client)
    back = answered(client, begun, message(broker.refusal(request_id(begun), *codes)))
    assert back.status_code == 502


def test_a_login_for_another_service_is_refused(
    client: FlaskClient, session: Session, broker: TestBroker, settings: Settings
) -> None:
    other = "urn:etoegang:DV:00000001234567890000:services:9"
    client.application.config["LOKET_SETTINGS"] = settings.model_copy(
        update={"eherkenning_service_id": other.replace(":9", ":1")}
    )
    begun = begin(client)
    response = broker.says(**{SERVICE_ID: other}).response(request_id(begun))
    assert answered(client, begun, message(response)).status_code == 502
    assert sessions(session) == []


@pytest.mark.parametrize("response", ["", "no base64!", b64encode(b"no XML").decode()])
def test_what_is_no_response_is_a_fault_in_words(client: FlaskClient, response: str) -> None:
    back = answered(client, begin(client), response)
    assert (back.status_code, heading(back)) == (502, "Inloggen lukt nu niet")


def test_a_response_does_not_come_by_get(client: FlaskClient, broker: TestBroker) -> None:
    begun = begin(client)
    query = {
        "SAMLResponse": message(broker.response(request_id(begun))),
        "RelayState": field(begun, "RelayState"),
    }
    assert client.get("/inloggen/saml", query_string=query).status_code == 502


def test_the_broker_may_roll_over_to_another_certificate(
    broker: TestBroker, other_pair: KeyPair
) -> None:
    from dataclasses import replace

    from app.auth.saml.login import claims_of

    asked = broker.asked()
    both = replace(
        asked,
        broker=replace(
            asked.broker,
            certificates=(broker.pair.certificate, other_pair.certificate),
        ),
    )
    later = replace(broker, pair=other_pair)
    assert claims_of(later.response(), both)["acr"] == f"{URN}loa3"
