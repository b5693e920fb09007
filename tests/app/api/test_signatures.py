"""Signed requests (RFC 9421, hmac-sha256): what they cover, for how long, with which key."""

import json
from base64 import b64decode
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from flask.testing import FlaskClient
from http_message_signatures import HTTPMessageSigner, MappingKeyResolver, algorithms
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from processes.engine.openings import access
from processes.engine.openings.clients import Rights, disable, end_rotation, make
from processes.engine.store.opening_models import Opening
from processes.platform.encryption import UnreadableSecretError
from processes.platform.settings import Settings, use_settings

SITE = "http://localhost"
POSTED = ("@method", "@target-uri", "message-id")
numbers = count(1)


@dataclass
class Request:
    """A request before and after it is signed."""

    method: str
    url: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass
class Signer:
    """A program that signs with the key of its opening."""

    client: FlaskClient
    key_id: str
    key: bytes
    covers: tuple[str, ...] = POSTED

    def signed(self, path: str, body: Any = None, *, method: str = "POST", **more: Any) -> Request:
        headers = {"Message-Id": f"signed-{next(numbers)}", "Content-Type": "application/json"}
        text = json.dumps(body or {}).encode() if method == "POST" else b""
        made = Request(method, f"{SITE}/api/v1/{path}", headers, text)
        signer = HTTPMessageSigner(
            signature_algorithm=algorithms.HMAC_SHA256,
            key_resolver=MappingKeyResolver(private_keys={self.key_id: self.key}, public_keys={}),
        )
        covers = more.pop("covers", self.covers)
        given: dict[str, Any] = {"body": text} if text and more.pop("with_digest", True) else {}
        signer.sign(made, key_id=self.key_id, covered_component_ids=covers, **given, **more)
        return made

    def send(self, made: Request) -> TestResponse:
        return self.client.open(
            made.url.removeprefix(SITE), method=made.method, data=made.body, headers=made.headers
        )

    def post(self, path: str, body: Any = None, **more: Any) -> TestResponse:
        return self.send(self.signed(path, body, **more))


@pytest.fixture
def opening(session: Session) -> Opening:
    made, _secret = make(
        session, "crm", Rights(messages=["m", "een naam/é"], processes=["p"]), by="test"
    )
    session.commit()
    return made


@pytest.fixture
def signer(client: FlaskClient, session: Session, opening: Opening) -> Signer:
    key = bytes.fromhex(access.new_signing_key(session, opening))
    session.commit()
    return Signer(client, opening.id.hex, key)


def reason(answer: TestResponse) -> str:
    assert answer.status_code == 401
    assert answer.content_type == "application/problem+json"
    assert answer.json is not None
    return str(answer.json["detail"])


def test_a_signed_request_needs_no_token(signer: Signer) -> None:
    assert signer.post("berichten/m", {"variables": {"x": "é"}}).status_code == 202
    read = signer.signed("zaken?limit=5&process=p", method="GET", covers=POSTED[:2])
    assert signer.send(read).status_code == 200


def test_an_address_is_signed_as_it_is_written(signer: Signer) -> None:
    assert signer.post("berichten/een%20naam/%C3%A9").status_code == 202


@pytest.mark.parametrize("header", ["Signature", "Signature-Input", "Content-Digest", "Message-Id"])
def test_without_one_of_its_headers_it_does_not_hold(signer: Signer, header: str) -> None:
    made = signer.signed("berichten/m", {"correlationKey": "1"})
    del made.headers[header]
    assert signer.send(made).status_code == 401


def test_what_was_changed_on_its_way_does_not_hold(signer: Signer) -> None:
    for name, value in {
        "url": f"{SITE}/api/v1/berichten/n",
        "body": b'{"correlationKey": "2"}',
    }.items():
        made = signer.signed("berichten/m", {"correlationKey": "1"})
        setattr(made, name, value)
        assert signer.send(made).status_code == 401, name
    made = signer.signed("berichten/m")
    made.headers["Message-Id"] = "another"
    assert "does not hold" in reason(signer.send(made))


@pytest.mark.parametrize("left_out", POSTED)
def test_what_must_be_covered_is_asked(signer: Signer, left_out: str) -> None:
    covers = tuple(each for each in POSTED if each != left_out)
    assert left_out in reason(signer.post("berichten/m", covers=covers))


def test_a_body_must_be_covered_by_its_digest(signer: Signer) -> None:
    assert "Content-Digest" in reason(signer.post("berichten/m", {"x": 1}, with_digest=False))


@pytest.mark.parametrize(("minutes", "status"), [(-20, 401), (-2, 202), (2, 202), (20, 401)])
def test_it_holds_for_five_minutes_around_our_clock(
    signer: Signer, minutes: int, status: int
) -> None:
    created = datetime.now(UTC) + timedelta(minutes=minutes)
    assert signer.post("berichten/m", created=created).status_code == status


def test_sent_again_it_has_no_second_effect(signer: Signer) -> None:
    made = signer.signed("berichten/m", {"correlationKey": "1"})
    answers = [signer.send(made) for _ in range(2)]
    assert [each.status_code for each in answers] == [202, 202]
    assert answers[1].headers["Message-Repeated"] == "true"


def test_another_key_another_opening_and_no_opening_do_not_hold(
    signer: Signer, client: FlaskClient, session: Session
) -> None:
    other, _secret = make(session, "other", Rights(messages=["m"]), by="test")
    session.commit()
    for key_id, key in (
        (signer.key_id, b"x" * 32),
        (other.id.hex, signer.key),
        ("00000000000000000000000000000000", signer.key),
        ("no id", signer.key),
    ):
        assert Signer(client, key_id, key).post("berichten/m").status_code == 401


def test_two_keys_hold_during_a_rotation(
    signer: Signer, client: FlaskClient, session: Session, opening: Opening
) -> None:
    newer = Signer(client, signer.key_id, bytes.fromhex(access.new_signing_key(session, opening)))
    session.commit()
    assert [each.post("berichten/m").status_code for each in (signer, newer)] == [202, 202]
    end_rotation(session, opening)
    session.commit()
    assert [each.post("berichten/m").status_code for each in (signer, newer)] == [401, 202]
    disable(session, opening)
    session.commit()
    assert newer.post("berichten/m").status_code == 401


def test_a_key_is_stored_encrypted_and_outlives_a_change_of_the_secret_key(
    signer: Signer, session: Session, opening: Opening, settings: Settings
) -> None:
    kept = session.scalars(select(Opening.signing_key)).one()
    assert kept is not None
    assert signer.key.hex() not in kept
    old = settings.secret_keys[-1]
    both = settings.model_copy(update={"secret_key": type(old)("n" * 40), "secret_key_before": old})
    use_settings(both)
    try:
        assert access.encrypt_anew(session) == 1
        use_settings(both.model_copy(update={"secret_key_before": None}))
        assert access.signing_keys(session, opening.id)[1] == [signer.key]
        opening.signing_key = kept
        with pytest.raises(UnreadableSecretError):
            access.signing_keys(session, opening.id)
    finally:
        use_settings(settings)


def test_the_hmac_is_that_of_the_standard() -> None:
    """RFC 9421 appendix B.2.5, so that it is not only the library that agrees with itself."""
    key = "uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ=="
    base = (
        '"date": Tue, 20 Apr 2021 02:07:55 GMT\n'
        '"@authority": example.com\n'
        '"content-type": application/json\n'
        '"@signature-params": ("date" "@authority" "content-type")'
        ';created=1618884473;keyid="test-shared-secret"'
    )
    verifier: Any = algorithms.HMAC_SHA256
    verifier(public_key=b64decode(key)).verify(
        signature=b64decode("pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8="), message=base.encode()
    )


def test_how_old_a_signature_may_be_is_told(signer: Signer) -> None:
    created = datetime.now(UTC) - timedelta(minutes=20)
    assert "0:05:00" in reason(signer.post("berichten/m", created=created))
