"""A provider's own program manages activities: versions, all errors, bulk, and nobody else's."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from processes.engine.openings.clients import OpeningError, Rights, make
from processes.register.offers.offers import Offer, OfferStatus
from processes.register.providers.providers import Provider, suspend
from tests.app.api.programs import Program, program
from tests.app.offers.offer_world import a_catalogue_offer, a_provider, deploy_offer_publication
from tests.app.signing_in import KVK

WHOLE: dict[str, Any] = {
    "title": "Rekenen in groep 3",
    "kind": "cursus",
    "contribution": "U leert rekenlessen boeiend maken.",
    "content": "<p>Drie middagen.</p><script>x</script>",
    "contactHours": 12,
    "selfStudyHours": 3.5,
    "areas": ["vakdidactisch"],
    "sectors": ["po"],
    "runs": [{"start": "2031-03-01", "startTime": "09:30", "place": "Breda", "price": 250}],
}


@pytest.fixture
def provider(app: Flask, session: Session) -> Provider:
    assert app
    deploy_offer_publication(session)
    return a_provider(session)


@pytest.fixture
def own(client: FlaskClient, session: Session, provider: Provider) -> Program:
    return program(client, session, offers=True, tenant=provider.kvk)


def send(own: Program, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
    """A request with headers such as if_match."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    given = {"Authorization": f"Bearer {own.token}", **named}
    json = {} if body is None else {"json": body}
    return own.client.open(f"/api/v1/{path}", method=method, headers=given, **json)


def the_offer(session: Session, id_: UUID) -> Offer:
    session.expire_all()
    return session.get_one(Offer, id_)


def test_an_activity_is_made_under_an_id_of_choice_read_and_replaced(
    own: Program, session: Session
) -> None:
    id_ = uuid4()
    made = send(own, "PUT", f"aanbod/{id_}", WHOLE)
    assert made.status_code == 201
    told: Any = made.json
    assert (told["title"], told["status"], told["missing"]) == (WHOLE["title"], "concept", [])
    assert "script" not in told["content"]
    assert told["runs"][0]["price"] == 250.0
    read = send(own, "GET", f"aanbod/{id_}")
    assert read.headers["ETag"] == made.headers["ETag"] == f'"{told["version"]}"'
    assert send(own, "GET", f"aanbod/{id_}", if_none_match=read.headers["ETag"]).status_code == 304
    again = send(own, "PUT", f"aanbod/{id_}", {"title": "Anders"}, if_match=read.headers["ETag"])
    assert again.status_code == 200
    assert (the_offer(session, id_).title, the_offer(session, id_).runs) == ("Anders", ())
    listed: Any = send(own, "GET", "aanbod").json
    assert [each["title"] for each in listed["offers"]] == ["Anders"]


def test_only_who_knows_the_version_replaces_or_deletes(own: Program, session: Session) -> None:
    id_ = uuid4()
    assert send(own, "PUT", f"aanbod/{id_}", WHOLE, if_match='"1"').status_code == 412
    etag = send(own, "PUT", f"aanbod/{id_}", WHOLE).headers["ETag"]
    for method in ("PUT", "DELETE"):
        body = {"title": "Anders"} if method == "PUT" else None
        assert send(own, method, f"aanbod/{id_}", body).status_code == 428
        stale = send(own, method, f"aanbod/{id_}", body, if_match='"77"')
        assert (stale.status_code, stale.mimetype) == (412, "application/problem+json")
    new: Any = send(own, "PUT", f"aanbod/{id_}", WHOLE, if_none_match="*")
    assert (new.status_code, "is there" in new.json["detail"]) == (412, True)
    assert the_offer(session, id_).title == WHOLE["title"]
    gone = send(own, "DELETE", f"aanbod/{id_}", if_match=etag)
    assert (gone.status_code, gone.data) == (204, b"")
    assert the_offer(session, id_).status is OfferStatus.DELETED
    assert send(own, "GET", f"aanbod/{id_}").status_code == 404


def test_publishing_goes_along_or_tells_all_that_is_missing(own: Program, session: Session) -> None:
    id_, half = uuid4(), uuid4()
    assert send(own, "PUT", f"aanbod/{id_}", WHOLE | {"publish": True}).status_code == 201
    assert the_offer(session, id_).status is OfferStatus.PUBLISHED
    refused = send(own, "PUT", f"aanbod/{half}", {"title": "Half", "publish": True})
    assert refused.status_code == 400
    told: Any = refused.json
    assert {each["pointer"] for each in told["errors"]} >= {"#/kind", "#/content", "#/areas"}
    assert session.get(Offer, half) is None


def test_every_error_is_told_at_once_and_nothing_is_written(own: Program, session: Session) -> None:
    id_ = uuid4()
    shape = send(own, "PUT", f"aanbod/{id_}", {"kind": "koken", "areas": "alles", "kleur": "rood"})
    told: Any = shape.json
    assert {each["pointer"] for each in told["errors"]} == {"#/kind", "#/areas", "#/kleur"}
    both = {"kind": "koken", "selfStudyHours": -1, "url": "geen", "areas": ["vakdidactisch"]}
    both["runs"] = [{"start": "2031-03-02", "end": "2031-03-01"}]
    expected = {"#/kind", "#/selfStudyHours", "#/url", "#/runs"}
    for path, body, place in (("PUT", both, "#"), ("POST", {"items": [both]}, "#/items/0")):
        address = f"aanbod/{id_}" if path == "PUT" else "aanbod/bulk"
        told = send(own, path, address, body, Message_Id=str(uuid4())).json
        by_pointer = {each["pointer"]: each["detail"] for each in told["errors"]}
        missing = set() if path == "PUT" else {"#/items/0/id"}
        assert by_pointer.keys() == {each.replace("#", place) for each in expected} | missing
        assert "https://" in by_pointer[f"{place}/url"]
    wrong = WHOLE | {"url": "ftp://x", "contactHours": -1, "maxParticipants": 0}
    values: Any = send(own, "PUT", f"aanbod/{id_}", wrong).json
    pointers = {each["pointer"] for each in values["errors"]}
    assert pointers == {"#/url", "#/contactHours", "#/maxParticipants"}
    assert session.get(Offer, id_) is None


def test_a_time_with_a_zone_is_refused_instead_of_read_as_another(own: Program) -> None:
    runs = [{"start": "2031-03-01", "startTime": "09:30:00Z", "endTime": "12:30"}]
    told: Any = send(own, "PUT", f"aanbod/{uuid4()}", WHOLE | {"runs": runs}).json
    assert [each["pointer"] for each in told["errors"]] == ["#/runs/0/startTime"]
    assert "zone" in told["errors"][0]["detail"]


def test_in_bulk_each_item_has_its_own_result(own: Program, session: Session) -> None:
    first, second, third = (uuid4() for _ in range(3))
    items = [
        WHOLE | {"id": str(first), "publish": True},
        WHOLE | {"id": str(second), "url": "ftp://x"},
        {"id": str(third), "title": "Half"},
    ]
    told: Any = own.post("aanbod/bulk", {"items": items}).json
    assert [each["result"] for each in told["items"]] == ["ok", "refused", "ok"]
    assert [each["pointer"] for each in told["items"][1]["errors"]] == ["#/items/1/url"]
    assert the_offer(session, first).status is OfferStatus.PUBLISHED
    items[1] = WHOLE | {"id": str(second)}
    items[2]["version"] = 99
    again: Any = own.post("aanbod/bulk", {"items": items}).json
    assert [each["result"] for each in again["items"]] == ["unchanged", "ok", "stale"]


def test_the_same_message_counts_once(own: Program, session: Session) -> None:
    body = {"items": [WHOLE | {"id": str(uuid4())}]}
    first = own.post("aanbod/bulk", body, id_="lading-1")
    second = own.post("aanbod/bulk", body, id_="lading-1")
    assert first.json == second.json
    assert second.headers["Message-Repeated"] == "true"
    assert session.query(Offer).count() == 1


def test_what_is_of_another_company_does_not_exist(
    own: Program, session: Session, client: FlaskClient
) -> None:
    other = a_provider(session, kvk="68727720")
    theirs = a_catalogue_offer(session, other)
    path = f"aanbod/{theirs.id}"
    assert send(own, "GET", path).status_code == 404
    assert send(own, "DELETE", path, if_match='"1"').status_code == 404
    told: Any = own.post("aanbod/bulk", {"items": [WHOLE | {"id": str(theirs.id)}]}).json
    assert told["items"][0]["result"] == "refused"
    assert the_offer(session, theirs.id).title == "Rekenen met plezier"
    plain = program(client, session, messages=["hallo"], tenant=KVK)
    assert send(plain, "GET", "aanbod").status_code == 403
    assert client.get("/api/v1/aanbod").status_code == 401


def test_who_knows_a_version_cannot_tell_what_is_of_another_from_what_is_not_there(
    own: Program, session: Session
) -> None:
    theirs = a_catalogue_offer(session, a_provider(session, kvk="68727720"))
    here, nowhere, anywhere = str(theirs.id), str(uuid4()), {"version": theirs.version}
    for method in ("PUT", "DELETE", "GET"):
        for etag in (f'"{theirs.version}"', '"77"', "*"):
            body = WHOLE if method == "PUT" else None
            first, second = (
                send(own, method, f"aanbod/{id_}", body, if_match=etag) for id_ in (here, nowhere)
            )
            assert first.status_code == (412 if method == "PUT" else 404)
            assert (first.status_code, first.data) == (second.status_code, second.data)
    told: Any = own.post(
        "aanbod/bulk", {"items": [WHOLE | anywhere | {"id": id_} for id_ in (here, nowhere)]}
    ).json
    assert [(each["result"], each["version"]) for each in told["items"]] == [("stale", None)] * 2
    assert session.query(Offer).count() == 1


def test_an_id_is_taken_by_another_company_as_by_what_was_deleted(
    own: Program, session: Session
) -> None:
    theirs = a_catalogue_offer(session, a_provider(session, kvk="68727720"))
    gone = uuid4()
    etag = send(own, "PUT", f"aanbod/{gone}", WHOLE).headers["ETag"]
    assert send(own, "DELETE", f"aanbod/{gone}", if_match=etag).status_code == 204
    answers = [send(own, "PUT", f"aanbod/{id_}", WHOLE) for id_ in (theirs.id, gone)]
    assert [each.status_code for each in answers] == [409, 409]
    assert answers[0].data == answers[1].data
    assert send(own, "PUT", f"aanbod/{gone}", WHOLE, if_match=etag).status_code == 412
    assert the_offer(session, theirs.id).title == "Rekenen met plezier"


def test_a_suspended_provider_reads_and_changes_nothing(
    own: Program, session: Session, provider: Provider
) -> None:
    suspend(session, provider, "Onderzoek", by="medewerker")
    session.commit()
    assert send(own, "GET", "aanbod").status_code == 200
    assert send(own, "PUT", f"aanbod/{uuid4()}", WHOLE).status_code == 403
    assert own.post("aanbod/bulk", {"items": [WHOLE | {"id": str(uuid4())}]}).status_code == 403


def test_an_opening_that_manages_activities_is_of_a_company(session: Session) -> None:
    with pytest.raises(OpeningError, match="--tenant"):
        make(session, "los", Rights(offers=True), by="test")


def test_names_that_are_not_known_are_told_with_those_that_are(own: Program) -> None:
    told: Any = send(own, "GET", "aanbod?limit=5").json
    wrong = {"parameter": "limit", "detail": "There is no such parameter here. There are: page."}
    assert told["errors"] == [wrong]
    refused: Any = send(own, "PUT", f"aanbod/{uuid4()}", {"title": "A", "titel": "B"}).json
    assert refused["errors"] == [{"pointer": "#/titel", "detail": "There is no such field here."}]
