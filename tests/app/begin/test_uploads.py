"""Files with a start form: kept whatever else is wrong, shown on each page, of nobody else."""

import re
from datetime import timedelta
from hashlib import sha256
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.auth.sessions import cookie_name
from app.web.access import Role
from app.web.form_pages import uploads
from processes.base import now
from processes.engine.execution.instances import variables
from processes.engine.store.file_models import UploadedFile
from processes.engine.store.models import ProcessInstance
from processes.platform.settings import Settings, use_settings
from processes.register.changes import AuditEvent
from processes.register.providers.web_sessions import WebSession
from tests.app.begin.complaints import ADDRESS_OF, SUBJECT, complaint, place, send
from tests.app.onboarding import heading
from tests.app.signing_in import sign_in, sign_in_as, user_with
from tests.processes.engine.form_fields import field as drawn
from tests.uploaded import JPEG, PDF, PNG, SUSPECT, scanner

PROOF = drawn("bewijs", "file", label="Uw bewijs", required="", max="2", largest="1")
ONE = drawn("brief", "file", label="De brief", kinds="pdf")
TYPED = {"veld_onderwerp": "Rekenen"}
MEGABYTE = 1024 * 1024


def added(*files: tuple[bytes, str], name: str = "bewijs") -> dict[str, object]:
    return {f"veld_{name}-nieuw": [(BytesIO(content), called) for content, called in files]}


def kept(session: Session) -> list[UploadedFile]:
    session.expire_all()
    return list(session.scalars(select(UploadedFile).order_by(UploadedFile.uploaded_at)))


def tokens(page: TestResponse, name: str = "veld_bewijs") -> list[str]:
    return re.findall(rf'type="hidden" name="{name}" value="([^"]+)"', page.text)


@pytest.fixture
def teacher(app: Flask, client: FlaskClient, session: Session) -> FlaskClient:
    place(session, complaint(SUBJECT, PROOF, review=True))
    sign_in(app, client, Role.TEACHER)
    return client


def test_a_file_goes_from_the_form_to_the_review_to_the_case(
    teacher: FlaskClient, session: Session
) -> None:
    page = teacher.get(ADDRESS_OF)
    assert 'enctype="multipart/form-data"' in page.text
    assert 'accept=".pdf,.jpg,.jpeg,.jpe,.jfif,.png"' in page.text
    assert "Hoogstens 2 bestanden, elk van hoogstens 1 MB: PDF, JPEG of PNG." in page.text
    review = send(teacher, page, {**TYPED, **added((PDF, "scan.pdf"), (PNG, "foto"))})
    assert heading(review) == "Controleer uw antwoorden"
    assert "scan.pdf (1 kB)" in review.text
    (one, other) = tokens(review)
    again = {"veld_onderwerp": "Rekenen", "veld_bewijs": [one, other], "klopt": "1"}
    receipt = send(teacher, review, again)
    assert heading(receipt) == "Wij hebben het ontvangen", receipt.text
    scan, photo = kept(session)
    assert f'href="/bestanden/{scan.id}"' in receipt.text
    (case,) = session.scalars(select(ProcessInstance))
    assert [scan.instance_id, photo.instance_id] == [case.id, case.id]
    assert variables(session, case)["bewijs"] == [
        {"id": str(scan.id), "name": "scan.pdf", "size": len(PDF), "type": "application/pdf"},
        {"id": str(photo.id), "name": "foto.png", "size": len(PNG), "type": "image/png"},
    ]


def test_a_file_survives_what_is_wrong_elsewhere(teacher: FlaskClient, session: Session) -> None:
    page = send(teacher, teacher.get(ADDRESS_OF), added((PDF, "scan.pdf")))
    assert page.status_code == 422
    assert "Vul in: Waar gaat uw klacht over?" in page.text or "Beantwoord" in page.text
    (token,) = tokens(page)
    review = send(teacher, page, {**TYPED, "veld_bewijs": token})
    assert heading(review) == "Controleer uw antwoorden"
    changing = send(teacher, review, {**TYPED, "veld_bewijs": token, "wijzigen": "1"})
    assert tokens(changing) == [token]
    assert len(kept(session)) == 1


def test_a_file_is_taken_away_again(teacher: FlaskClient, session: Session) -> None:
    page = send(teacher, teacher.get(ADDRESS_OF), added((PDF, "scan.pdf"), (PNG, "foto.png")))
    one, other = tokens(page)
    page = send(teacher, page, {"veld_bewijs": [one, other], "veld_bewijs-weg": one})
    assert tokens(page) == [other]
    assert [file.name for file in kept(session)] == ["foto.png"]
    page = send(teacher, page, {**TYPED, "veld_bewijs": other, "veld_bewijs-weg": other})
    assert page.status_code == 422
    assert page.text.count("Voeg een bestand toe: Uw bewijs") == 2
    assert kept(session) == []


def test_a_new_file_replaces_the_one_that_may_be_there(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    place(session, complaint(SUBJECT, ONE))
    sign_in(app, client, Role.TEACHER)
    page = send(client, client.get(ADDRESS_OF), added((PDF, "oud.pdf"), name="brief"))
    assert "Dan vervangt dat het bestand hierboven" in page.text
    (old,) = tokens(page, "veld_brief")
    newer = {"veld_brief": old, **added((PDF + b"2", "nieuw.pdf"), name="brief")}
    page = send(client, page, newer)
    assert tokens(page, "veld_brief") != [old]
    assert "nieuw.pdf (1 kB)" in page.text
    assert "oud.pdf" not in page.text


def test_the_same_file_again_is_kept_once(teacher: FlaskClient, session: Session) -> None:
    page = send(teacher, teacher.get(ADDRESS_OF), added((PDF, "scan.pdf"), (PDF, "scan.pdf")))
    assert len(tokens(page)) == 1
    send(teacher, page, added((PDF, "scan.pdf")))
    assert len(kept(session)) == 1


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (b"", "leeg.pdf", "“leeg.pdf” is leeg."),
        (PDF + b"x" * 2000, "groot.pdf", "“groot.pdf” is te groot. Een bestand mag hoogstens 1 MB"),
        (b"<p>hallo</p>", "pagina.pdf", "“pagina.pdf” is geen PDF, JPEG of PNG."),
        (b"MZ" + b"\0" * 90, "foto.jpg", "“foto.jpg” is geen PDF, JPEG of PNG."),
    ],
)
def test_what_is_refused_is_told_at_its_place(
    teacher: FlaskClient,
    session: Session,
    monkeypatch: pytest.MonkeyPatch,
    content: bytes,
    name: str,
    reason: str,
) -> None:
    monkeypatch.setattr(uploads, "MEGABYTE", 2000)
    page = send(teacher, teacher.get(ADDRESS_OF), {**TYPED, **added((content, name))})
    assert page.status_code == 422
    assert page.text.count(reason) == 2
    assert kept(session) == []


def test_what_a_field_does_not_allow_is_refused(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    place(session, complaint(SUBJECT, ONE))
    sign_in(app, client, Role.TEACHER)
    page = send(client, client.get(ADDRESS_OF), {**TYPED, **added((JPEG, "a.pdf"), name="brief")})
    assert page.text.count("“a.pdf” is geen PDF.") == 2


def test_more_files_than_are_asked_are_told_and_kept(
    teacher: FlaskClient, session: Session
) -> None:
    three = added((PDF, "a.pdf"), (PNG, "b.png"), (JPEG, "c.jpg"))
    page = send(teacher, teacher.get(ADDRESS_OF), {**TYPED, **three})
    assert page.status_code == 422
    assert page.text.count("Voeg hoogstens 2 bestanden toe.") == 2
    assert len(tokens(page)) == len(kept(session)) == 3


def test_a_reference_that_we_did_not_sign_counts_for_nothing(
    teacher: FlaskClient,
) -> None:
    page = send(teacher, teacher.get(ADDRESS_OF), {**TYPED, "veld_bewijs": "WzFd.bedacht"})
    assert page.status_code == 422
    assert tokens(page) == []


def test_the_file_of_somebody_else_cannot_be_sent(app: Flask, teacher: FlaskClient) -> None:
    page = send(teacher, teacher.get(ADDRESS_OF), added((PDF, "scan.pdf")))
    (token,) = tokens(page)
    other = app.test_client()
    sign_in(app, other, Role.TEACHER)
    page = send(other, other.get(ADDRESS_OF), {**TYPED, "veld_bewijs": token})
    assert page.status_code == 422
    assert page.text.count("Een bestand is er niet meer. Voeg het opnieuw toe.") == 2


def test_an_optional_file_may_stay_away(app: Flask, client: FlaskClient, session: Session) -> None:
    place(session, complaint(SUBJECT, ONE))
    sign_in(app, client, Role.TEACHER)
    send(client, client.get(ADDRESS_OF), TYPED)
    assert variables(session, session.scalars(select(ProcessInstance)).one())["brief"] is None


@pytest.mark.parametrize(("address", "megabytes"), [(ADDRESS_OF, 25), (f"{ADDRESS_OF}/veld", 2)])
def test_a_request_that_is_too_large_is_told_in_megabytes(
    teacher: FlaskClient, address: str, megabytes: int
) -> None:
    length = {"CONTENT_LENGTH": str(megabytes * MEGABYTE + 1)}
    answer = teacher.post(address, data={"a": "b"}, environ_overrides=length)
    assert answer.status_code == 413
    assert f"samen hoogstens {megabytes} MB" in answer.text


def test_which_files_went_with_the_session_is_told_after_the_login(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    place(session, complaint(SUBJECT, PROOF))
    user = sign_in(app, client, Role.TEACHER)
    page = client.get(ADDRESS_OF)
    for ended in session.scalars(select(WebSession)):
        ended.seen_at = now() - timedelta(hours=3)
    session.commit()
    name = cookie_name(app.config["LOKET_SETTINGS"])
    former = client.get_cookie(name)
    assert former
    files = added((PDF, "scan.pdf"), (PNG, "foto\u202e.png"))
    assert "Inloggen" in send(client, page, {**TYPED, **files}).text
    sign_in_as(app, client, user, cookies={name: former.value})
    page = client.get(ADDRESS_OF)
    for lost in ("scan.pdf", "foto.png"):
        assert page.text.count(f"“{lost}” is niet bewaard. Voeg het opnieuw toe.") == 2
    assert kept(session) == []
    answer = send(client, page, {**TYPED, **added((PDF, "scan.pdf"))})
    assert heading(answer) == "Wij hebben het ontvangen"


# -- the scanner


def test_a_virus_is_refused_and_not_kept(
    teacher: FlaskClient, session: Session, settings: Settings
) -> None:
    with scanner() as (address, _given):
        use_settings(settings.model_copy(update={"clamd_address": address}))
        files = added((SUSPECT, "erg.pdf"), (PDF, "goed.pdf"))
        page = send(teacher, teacher.get(ADDRESS_OF), {**TYPED, **files})
    assert page.text.count("“erg.pdf” is niet veilig: er zit een virus in.") == 2
    (good,) = kept(session)
    assert (good.name, good.scanned_at is not None) == ("goed.pdf", True)
    refused = select(AuditEvent.details).where(AuditEvent.action == "file-refused")
    assert session.scalars(refused).all() == [{"sha256": sha256(SUSPECT).hexdigest()}]


def test_while_the_scanner_is_away_nothing_is_kept(
    teacher: FlaskClient, session: Session, settings: Settings
) -> None:
    use_settings(settings.model_copy(update={"clamd_address": "127.0.0.1:1"}))
    page = send(teacher, teacher.get(ADDRESS_OF), {**TYPED, **added((PDF, "scan.pdf"))})
    assert page.text.count("kunnen wij nu niet nakijken op virussen") == 2
    assert kept(session) == []


def test_what_came_before_the_scanner_is_looked_at_before_it_is_given(
    teacher: FlaskClient, session: Session, settings: Settings
) -> None:
    send(teacher, teacher.get(ADDRESS_OF), {**TYPED, **added((PDF, "a.pdf"), (SUSPECT, "b.pdf"))})
    good, bad = kept(session)
    good_at, bad_at = (f"/bestanden/{file.id}" for file in (good, bad))
    assert teacher.get(good_at).data == PDF
    use_settings(settings.model_copy(update={"clamd_address": "127.0.0.1:1"}))
    assert teacher.get(good_at).status_code == 503
    with scanner() as (address, _given):
        use_settings(settings.model_copy(update={"clamd_address": address}))
        assert teacher.get(good_at).data == PDF
        assert teacher.get(bad_at).status_code == 410
    use_settings(settings.model_copy(update={"clamd_address": "127.0.0.1:1"}))
    assert teacher.get(good_at).data == PDF  # it was looked at
    assert teacher.get(bad_at).status_code == 404
    assert [file.name for file in kept(session)] == ["a.pdf"]


# -- who may have it


def test_a_file_is_served_to_save_and_to_nobody_else(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    place(session, complaint(SUBJECT, PROOF))
    teacher = user_with(app, Role.TEACHER)
    sign_in_as(app, client, teacher)
    page = send(client, client.get(ADDRESS_OF), added((PDF, "Beëindiging.pdf")))
    (file,) = kept(session)
    address = f"/bestanden/{file.id}"
    registrar, stranger, provider = (app.test_client() for _ in range(3))
    sign_in(app, registrar, Role.REGISTRAR)
    sign_in(app, stranger, Role.TEACHER)
    sign_in(app, provider, Role.PROVIDER)
    assert client.get(address).data == PDF
    assert registrar.get(address).status_code == 404  # not sent yet
    send(client, page, {**TYPED, "veld_bewijs": tokens(page)})
    answer = registrar.get(address)
    assert answer.data == PDF
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert "filename*=UTF-8''Be%C3%ABindiging.pdf" in answer.headers["Content-Disposition"]
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert [who.get(address).status_code for who in (stranger, provider)] == [404, 404]
    assert app.test_client().get(address).status_code == 303


def test_who_began_a_case_finds_the_file_there(teacher: FlaskClient, session: Session) -> None:
    review = send(teacher, teacher.get(ADDRESS_OF), {**TYPED, **added((PDF, "scan.pdf"))})
    send(teacher, review, {**TYPED, "veld_bewijs": tokens(review), "klopt": "1"})
    (case,) = session.scalars(select(ProcessInstance))
    (file,) = kept(session)
    page = teacher.get(f"/zaken/{case.id}")
    assert f'href="/bestanden/{file.id}">scan.pdf</a> (1 kB), verstuurd op' in page.text
