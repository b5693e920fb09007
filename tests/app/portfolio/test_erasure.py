"""A teacher deletes their data: what goes, what stays, and nobody else's."""

from io import BytesIO
from uuid import uuid4

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from processes.base import today
from processes.casework.exports.asking import make
from processes.casework.exports.tables import DataExport
from processes.engine.deployment.definitions import deploy
from processes.engine.store.file_models import UploadedFile
from processes.engine.store.work_models import KnownPerson
from processes.engine.tasks.directory import remember
from processes.engine.tasks.files import NewFile, Place, keep
from processes.engine.tasks.rights import Person
from processes.register.offers.evaluations import Evaluation
from processes.register.portfolio.entries import PortfolioEntry, add_entry
from processes.register.portfolio.evaluating import evaluate
from processes.register.portfolio.teachers import Teacher
from tests.app.offers.offer_world import BPMN, a_catalogue_offer, a_provider, a_teacher
from tests.uploaded import PDF
from workers.vocabulary import vocabulary

ADDRESS = "/portfolio/gegevens-verwijderen"
ANSWERS = {"useful": 4, "accurate": 5, "recommended": 2}


def rows(session: Session) -> list[int]:
    tables = (PortfolioEntry, Evaluation, UploadedFile)
    return [session.scalar(select(func.count()).select_from(each)) or 0 for each in tables]


def test_all_of_one_teacher_goes_after_the_word_and_nothing_of_another(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    offer = a_catalogue_offer(session, a_provider(session))
    other, sam = (a_teacher(session, app, client, name) for name in ("Kim", "Sam"))
    for teacher in (other, sam):
        add_entry(session, teacher, offer.id, today(), on=today())
        evaluate(session, teacher, offer.id, ANSWERS)
        place = Place(f"teacher:{teacher.id}")
        keep(session, place, NewFile("los.pdf", "application/pdf", PDF, None))
        person = Person(f"teacher:{teacher.id}", teacher.name, frozenset({"teacher"}))
        remember(session, person, f"{teacher.name}@school.example")
    session.commit()
    own = {
        "kind": "zelfstudie",
        "title": "Lezen",
        "self_study_hours": "3",
        "followed_on": f"{today():%d-%m-%Y}",
        "evidence-nieuw": [(BytesIO(PDF), "bewijs.pdf")],
    }
    client.post("/portfolio/eigen", data=own)
    assert rows(session) == [3, 2, 3]
    asked = client.post("/mijn-gegevens", data={"wat": "person", "submission_id": str(uuid4())})
    make(session, session.scalars(select(DataExport.id)).one())
    session.commit()
    assert client.get(f"{asked.location}.zip").status_code == 200
    page = client.get(ADDRESS).text
    assert "2 activiteiten" in page
    assert "uw beoordelingen: 1" in page
    assert client.post(ADDRESS, data={"confirmation": "ja"}).status_code == 422
    assert rows(session) == [3, 2, 3]
    told = client.post(ADDRESS, data={"confirmation": " verwijderen"}, follow_redirects=True)
    assert "Uw gegevens zijn verwijderd." in told.text
    assert "Uw portfolio is nog leeg" in told.text
    assert rows(session) == [1, 1, 2]
    assert client.get(f"{asked.location}.zip").status_code == 404
    session.expire_all()
    names = {each.subject: each.name for each in session.scalars(select(Teacher))}
    assert names == {"Kim": "Kim", "Sam": ""}
    known = {each.name: each.email for each in session.scalars(select(KnownPerson))}
    assert known == {"Kim": "Kim@school.example", "": None}


def test_the_term_is_told_that_the_process_in_use_has(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    a_teacher(session, app, client, "Kim")
    assert "verwijderen wij dit alles zelf" not in client.get(ADDRESS).text
    xml = (BPMN / "retention.bpmn").read_bytes()
    drawn = b'"portfolio_days">2555<'
    assert drawn in xml
    other = xml.replace(drawn, b'"portfolio_days">1095<')
    deploy(session, other, vocabulary=vocabulary(), deployed_by="test")
    session.commit()
    assert "Logt u 3 jaar niet in, dan verwijderen wij" in client.get(ADDRESS).text
