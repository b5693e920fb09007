"""Pages for activities that a teacher writes down, with evidence; and the four years."""

from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.portfolio import own
from processes.base import today
from processes.engine.store.file_models import UploadedFile
from processes.register.portfolio.entries import PortfolioEntry
from processes.register.portfolio.hours import years_later
from processes.register.portfolio.teachers import Teacher
from tests.app.offers.offer_world import a_teacher
from tests.uploaded import PDF, PNG, WORD

WRITTEN = {
    "kind": "zelfstudie",
    "title": "Boeken over taal",
    "self_study_hours": "7,5",
    "areas": ["pedagogisch", "vakinhoudelijk"],
    "contribution": "Ik lees nu anders voor.",
}


@pytest.fixture
def teacher(app: Flask, client: FlaskClient, session: Session) -> Teacher:
    app.config["WTF_CSRF_ENABLED"] = False
    return a_teacher(session, app, client)


def form(*files: tuple[str, bytes], **more: Any) -> dict[str, Any]:
    sent = [(BytesIO(content), name) for name, content in files]
    day = f"{today():%d-%m-%Y}"
    return WRITTEN | {"followed_on": day, "evidence-nieuw": sent} | more


def the_entry(session: Session) -> PortfolioEntry:
    session.expire_all()
    return session.scalars(select(PortfolioEntry)).one()


def files_of(session: Session) -> list[str]:
    session.expire_all()
    return sorted(session.scalars(select(UploadedFile.name)))


@pytest.mark.usefixtures("teacher")
def test_own_activity_counts_and_its_evidence_is_saved_from_the_page(
    client: FlaskClient, session: Session
) -> None:
    page = client.post(
        "/portfolio/eigen", data=form(("bewijs.pdf", PDF)), follow_redirects=True
    ).text
    assert "Boeken over taal staat in uw portfolio." in page
    assert "7,5 van 160 uur" in page
    assert "nog 152,5 uur, waarvan minstens 92,5 uur over vak" in page
    assert "zelf ingevuld" in page
    (reference,) = the_entry(session).evidence
    assert f"/bestanden/{reference['id']}" in page
    file = client.get(f"/bestanden/{reference['id']}")
    assert file.data == PDF
    assert file.headers["Content-Disposition"] == "attachment; filename=bewijs.pdf"
    csv = client.get("/portfolio/export.csv").text
    assert ";Vakinhoudelijk, Pedagogisch;" in csv  # in the order of the page
    assert "Ik lees nu anders voor.;bewijs.pdf;zelf ingevuld" in csv


def test_evidence_of_another_teacher_does_not_exist(
    app: Flask, client: FlaskClient, session: Session, teacher: Teacher
) -> None:
    client.post("/portfolio/eigen", data=form(("bewijs.pdf", PDF)))
    entry = the_entry(session)
    a_teacher(session, app, client, "Kim")
    assert entry.teacher_id == teacher.id
    assert client.get(f"/bestanden/{entry.evidence[0]['id']}").status_code == 404
    address = f"/portfolio/eigen/{entry.id}"
    assert client.get(address).status_code == 404
    assert client.post(address, data=form(title="Anders")).status_code == 404
    assert the_entry(session).title == "Boeken over taal"


@pytest.mark.usefixtures("teacher")
@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"title": " "}, "Vul in hoe de activiteit heet."),
        ({"kind": ""}, "Kies wat voor activiteit het was."),
        ({"kind": "anders"}, "Kies een van de mogelijkheden"),
        ({"followed_on": ""}, "Vul de dag in"),
        ({"followed_on": "31-12-2999"}, "ligt in de toekomst"),
        ({"self_study_hours": ""}, "Vul uw contacturen of uw uren zelfstudie in."),
        ({"self_study_hours": "0"}, "Vul uw contacturen of uw uren zelfstudie in."),
        ({"contact_hours": "veel"}, "Vul het aantal uren in als getal"),
        ({"areas": ["koken"]}, "Kies een van de mogelijkheden"),
    ],
)
def test_what_is_wrong_is_told_and_what_was_typed_stays(
    client: FlaskClient, session: Session, changed: dict[str, Any], told: str
) -> None:
    response = client.post("/portfolio/eigen", data=form(("bewijs.png", PNG), **changed))
    assert response.status_code == 422
    assert told in response.text
    assert "Ik lees nu anders voor." in response.text
    assert "bewijs.png (1 kB)" in response.text
    assert session.scalar(select(PortfolioEntry.id)) is None


@pytest.mark.usefixtures("teacher")
def test_hours_that_cannot_be_read_are_told_once(client: FlaskClient) -> None:
    wrong = form(("bewijs.png", PNG), contact_hours="veel", self_study_hours="")
    page = client.post("/portfolio/eigen", data=wrong).text
    assert "Vul het aantal uren in als getal" in page
    assert "Vul uw contacturen of uw uren zelfstudie in." not in page


@pytest.mark.usefixtures("teacher")
def test_evidence_is_judged_by_its_content(client: FlaskClient, session: Session) -> None:
    files = [("brief.pdf", WORD), ("foto.jpg", b"<html>")]
    page = client.post("/portfolio/eigen", data=form(*files)).text
    assert "“brief.pdf” is geen PDF, JPEG of PNG." in page
    assert "“foto.jpg” is geen PDF, JPEG of PNG." in page
    assert files_of(session) == []


@pytest.mark.usefixtures("teacher")
def test_evidence_has_a_quota_and_what_is_deleted_makes_room(
    client: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own, "QUOTA", len(PDF) + len(PNG) - 1)
    client.post("/portfolio/eigen", data=form(("bewijs.pdf", PDF)))
    full = client.post("/portfolio/eigen", data=form(("foto.png", PNG)))
    assert "u bewaart al zo veel bestanden" in full.text
    client.post(f"/portfolio/verwijderen/{the_entry(session).id}")
    assert files_of(session) == []
    assert client.post("/portfolio/eigen", data=form(("foto.png", PNG))).status_code == 303
    assert files_of(session) == ["foto.png"]


@pytest.mark.usefixtures("teacher")
def test_an_own_activity_is_changed_and_evidence_replaced(
    client: FlaskClient, session: Session
) -> None:
    client.post("/portfolio/eigen", data=form(("bewijs.pdf", PDF)))
    address = f"/portfolio/eigen/{the_entry(session).id}"
    page = client.get(address).text
    assert 'value="Boeken over taal"' in page
    token = page.split('name="evidence" value="')[1].split('"')[0]
    more = {"title": "Boeken", "evidence": token, "evidence-weg": token, "contact_hours": "1"}
    assert client.post(address, data=form(("foto.png", PNG), **more)).status_code == 303
    entry = the_entry(session)
    assert (entry.title, str(entry.hours)) == ("Boeken", "8.50")
    assert [each["name"] for each in entry.evidence] == ["foto.png"]
    assert files_of(session) == ["foto.png"]


@pytest.mark.usefixtures("teacher")
def test_evidence_that_went_meanwhile_is_told(client: FlaskClient, session: Session) -> None:
    client.post("/portfolio/eigen", data=form(("bewijs.pdf", PDF)))
    entry = the_entry(session)
    page = client.get(f"/portfolio/eigen/{entry.id}").text
    token = page.split('name="evidence" value="')[1].split('"')[0]
    session.delete(session.get_one(UploadedFile, UUID(entry.evidence[0]["id"])))
    session.commit()
    response = client.post(f"/portfolio/eigen/{entry.id}", data=form(evidence=token))
    assert response.status_code == 422
    assert "Een bestand is er niet meer" in response.text


def test_the_teacher_says_when_the_four_years_began(
    client: FlaskClient, session: Session, teacher: Teacher
) -> None:
    before = years_later(today(), -5)
    client.post("/portfolio/eigen", data=form(followed_on=f"{before:%d-%m-%Y}"))
    page = client.get("/portfolio").text
    assert "0 van 160 uur" in page
    assert "telt niet mee in deze vier jaar" in page
    client.post("/portfolio/periode", data={"period_start": f"{before:%d-%m-%Y}"})
    now, then = (
        client.get(f"/portfolio{query}").text for query in ("", f"?periode={before.isoformat()}")
    )
    assert "0 van 160 uur" in now
    assert "7,5 van 160 uur" in then
    wrong = client.post("/portfolio/periode", data={"period_start": "01-01-1990"})
    assert wrong.status_code == 422
    assert "Vul een dag in van 01-08-2012" in wrong.text
    form_of_period = 'action="/portfolio/periode"'
    assert '<details class="loket-details" open>' in wrong.text.split(form_of_period)[0]
    assert "open>" not in now.split(form_of_period)[0]
    assert client.post("/portfolio/periode", data={"period_start": ""}).status_code == 302
    session.refresh(teacher)
    assert teacher.period_start is None


@pytest.mark.usefixtures("teacher")
def test_a_day_outside_the_four_years_is_warned_about(client: FlaskClient) -> None:
    before = years_later(today(), -5)
    sent = form(followed_on=f"{before:%d-%m-%Y}")
    page = client.post("/portfolio/eigen", data=sent, follow_redirects=True).text
    assert "valt buiten uw vier jaar" in page


@pytest.mark.usefixtures("teacher")
def test_no_hours_are_called_optional_where_one_of_both_is_needed(client: FlaskClient) -> None:
    page = html.fromstring(client.get("/portfolio/eigen").text)
    for name in ("contact_hours", "self_study_hours"):
        (label,) = page.xpath(f"//label[@for='{name}']")
        assert "optioneel" not in label.text_content()


@pytest.mark.rule("R15")
def test_a_form_that_is_sent_again_changes_what_it_made(
    app: Flask, client: FlaskClient, session: Session, teacher: Teacher
) -> None:
    address = f"/portfolio/eigen?formulier={uuid4()}"
    assert "/portfolio/eigen?formulier=" in client.get("/portfolio").text
    (token,) = html.fromstring(client.get(address).text).xpath("//*[@name='submission_id']/@value")
    for files in ([("bewijs.pdf", PDF)], [("bewijs.pdf", PDF)], []):
        client.post(address, data=form(*files, submission_id=token))
    assert files_of(session) == ["bewijs.pdf"]
    page = client.get(address, follow_redirects=True)
    assert "U hebt deze activiteit al opgeslagen." in page.text
    client.post(address, data=form(title="Boeken over rekenen", submission_id=token))
    entry = the_entry(session)
    assert (entry.title, len(entry.evidence)) == ("Boeken over rekenen", 1)
    a_teacher(session, app, client, "Kim")
    assert client.get(address).status_code == 200
    client.post(address, data=form(submission_id=token))
    session.expire_all()
    assert len(session.scalars(select(PortfolioEntry)).all()) == 2
    assert teacher.id == entry.teacher_id
