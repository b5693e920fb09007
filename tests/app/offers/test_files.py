"""Offers as a file on the pages of their provider: export, dry run, apply."""

import io
from collections.abc import Iterator, Sequence
from typing import IO
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, event, func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.offers.sheets import MOST, WRITERS
from app.web.db import db
from processes.casework.offers.imports import read_import
from processes.casework.offers.publication import Worker
from processes.engine.execution.instances import open_user_tasks
from processes.engine.store.models import Job
from processes.register.changes import AuditEvent
from processes.register.offers.offers import Offer, OfferStatus, edit
from processes.register.providers.providers import Provider, suspend
from processes.register.sheets.columns import Cell
from processes.register.sheets.imports import OfferImport
from tests.app.offers.offer_world import (
    BY,
    a_provider,
    a_published_offer,
    an_employee,
    an_offer,
    deploy_offer_publication,
)
from tests.processes.reading.workbooks import charts_alone, strict
from workers.handlers.offers.imports import next_rows

OTHER_KVK = "69599084"


@pytest.fixture
def provider(app: Flask, client: FlaskClient, session: Session) -> Provider:
    app.config["WTF_CSRF_ENABLED"] = False
    deploy_offer_publication(session)
    provider = a_provider(session)
    an_employee(app, client, kvk=provider.kvk)
    return provider


def sent(client: FlaskClient, content: str, submission_id: UUID | None = None) -> TestResponse:
    file = (io.BytesIO(content.encode()), "aanbod.csv")
    data = {"bestand": file, "submission_id": str(submission_id or uuid4())}
    return client.post("/aanbod/bestanden", data=data)


def work(session: Session, topic: str) -> None:
    """What a worker does with the jobs of this topic."""
    for job in session.scalars(select(Job).where(Job.topic == topic)):
        import_id, kvk = UUID(job.arguments["import_id"]), job.tenant or ""
        found = session.get_one(OfferImport, import_id)
        if topic == "read-offer-import":
            read_import(session, found, Worker(kvk, found.branch, found.by))
        else:
            while next_rows(session, import_id, kvk):
                pass
    session.commit()


def test_a_file_is_judged_first_and_applied_when_asked(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    changed, same = an_offer(session, provider, title="Oud"), an_offer(session, provider)
    theirs = an_offer(session, a_provider(session, OTHER_KVK), title="Van hen")
    rows = [
        "Nummer;Titel;Type activiteit",
        f"{changed.id};Nieuwe titel;studiedag",
        f"{same.id};Rekenen met plezier;Cursus",
        f"{theirs.id};Gekaapt;Cursus",
        ";Vers;Conferentie",
        ";Stuk;Fietsen",
    ]
    token = uuid4()
    first, second = (sent(client, "\n".join(rows), token) for _ in range(2))
    assert (first.status_code, first.location) == (303, second.location)
    assert "Wij kijken het bestand na" in client.get(first.location).text
    work(session, "read-offer-import")
    page = client.get(first.location).text
    assert "Toepassen: 1 nieuw, 1 gewijzigd" in page
    assert "Kies een van deze types" in page  # what needs attention is shown first
    assert "Titel, Type activiteit" in client.get(f"{first.location}?soort=gewijzigd").text
    assert "dit nummer hebt u niet" in client.get(f"{first.location}?soort=onbekend").text
    session.refresh(changed)
    assert changed.title == "Oud"
    for _ in range(2):
        client.post(f"{first.location}/toepassen")
    assert "0 van 2 activiteiten gedaan" in client.get(first.location).text
    work(session, "apply-offer-import")
    assert "2 activiteiten zijn toegevoegd of gewijzigd" in client.get(first.location).text
    for offer in (changed, theirs):
        session.refresh(offer)
    assert (changed.title, theirs.title) == ("Nieuwe titel", "Van hen")
    fresh = session.scalars(select(Offer).where(Offer.title == "Vers")).one()
    assert fresh.status is OfferStatus.CONCEPT
    assert open_user_tasks(session, process_key="offer_publication", business_key=str(fresh.id))
    assert session.scalar(select(Offer.id).where(Offer.title == "Stuk")) is None


@pytest.mark.rule("R30")
def test_what_a_colleague_changed_since_the_dry_run_is_left(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    mine, other = an_offer(session, provider, title="A"), an_offer(session, provider, title="B")
    location = sent(client, f"Nummer;Titel\n{mine.id};A2\n{other.id};B2\n").location
    work(session, "read-offer-import")
    edit(session, mine.id, {"title": "Van een collega"}, based_on=mine.version, by=BY)
    session.commit()
    client.post(f"{location}/toepassen")
    work(session, "apply-offer-import")
    page = client.get(location).text
    assert "1 activiteit is toegevoegd of gewijzigd" in page
    assert "Iemand anders wijzigde deze activiteit" in page
    for offer in (mine, other):
        session.refresh(offer)
    assert (mine.title, other.title) == ("Van een collega", "B2")


@pytest.mark.rule("R24")
def test_a_published_activity_loses_nothing_that_teachers_need(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    offer = a_published_offer(session, provider)
    location = sent(client, f"Nummer;Inhoud en opzet\n{offer.id};\n").location
    work(session, "read-offer-import")
    page = client.get(location).text
    assert "De activiteit is gepubliceerd. Daarom is dit nodig." in page
    assert client.post(f"{location}/toepassen").status_code == 404


@pytest.mark.rule("R20", "R22")
def test_what_dates_in_a_file_do_is_told_before_they_are_applied(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    hidden = a_published_offer(session, provider, title="Verdwijnt")
    shown = a_published_offer(session, provider, title="Komt terug", end_date="2020-05-01")
    called_off = a_published_offer(session, provider, title="Gaat niet door")
    same = a_published_offer(session, provider, title="Was al voorbij", end_date="2020-05-01")
    rows = [
        "Nummer;Titel;Uitvoeringen;Einddatum",
        f"{same.id};Heet nu anders;;1-5-2020",
        f"{hidden.id};Verdwijnt;;1-3-2021",
        f"{shown.id};Komt terug;;",
        f"{called_off.id};Gaat niet door;begindatum: 1-9-2021;1-3-2021",
        ";Verre uitvoering;begindatum: 1-9-2206;",
    ]
    location = sent(client, "\n".join(rows)).location
    work(session, "read-offer-import")
    page = client.get(location).text
    assert "Bij 3 rijen (gewijzigd)" in page
    assert "Bij 1 rij (nieuw)" in page
    first, last = page.index("Verdwijnt</a>"), page.index("Heet nu anders</a>")
    assert first < last  # what asks a look comes first
    assert page.count("<strong>Let op</strong>") == 3
    assert "De einddatum is 01-03-2021. Deze datum ligt in het verleden." in page[first:last]
    assert "staat hierna weer in de catalogus" in page[first:last]
    assert "De begindatum, 01-09-2021, is later" in page[first:last]
    assert "Klopt het jaar 2206?" in client.get(f"{location}?soort=nieuw").text
    session.refresh(hidden)
    assert hidden.end_date is None
    client.post(f"{location}/toepassen")
    work(session, "apply-offer-import")
    page = client.get(f"{location}?soort=gewijzigd").text
    assert "Let op" not in page
    session.refresh(hidden)
    assert str(hidden.end_date) == "2021-03-01"


@pytest.mark.usefixtures("provider")
def test_characters_that_cannot_be_read_for_sure_are_told_before_they_are_applied(
    client: FlaskClient, session: Session
) -> None:
    utf8 = "Titel;Doelgroep;Kosten\nPo\u00ebzie;caf@s;NULL\nZo\u00eb;Po\ufffdten;\nRe\u00fcnie;;\n"
    rows = utf8.encode().replace(b"@", b"\xe9")  # of another character set
    data = {"bestand": (io.BytesIO(rows), "aanbod.csv"), "submission_id": str(uuid4())}
    location = client.post("/aanbod/bestanden", data=data).location
    work(session, "read-offer-import")
    page = client.get(location).text
    assert "Bij 2 rijen (nieuw)" in page
    assert page.count("tekens die wij niet zeker kunnen lezen: Titel, Doelgroep.") == 2
    client.post(f"{location}/toepassen")
    work(session, "apply-offer-import")
    made = session.scalars(select(Offer).where(Offer.title == "Po\u00ebzie")).one()
    assert (made.audience, made.cost) == ("caf\u00e9s", "")


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_is_exported_imports_unchanged(
    client: FlaskClient, session: Session, provider: Provider, kind: str
) -> None:
    an_offer(session, provider, title="=hallo", runs=[{"start": "2027-01-31", "place": "Ede"}])
    a_published_offer(session, provider)
    answer = client.post(f"/aanbod/bestanden/aanbod.{kind}")
    assert "attachment" in answer.headers["Content-Disposition"]
    data = {"bestand": (io.BytesIO(answer.data), f"aanbod.{kind}")}
    location = client.post("/aanbod/bestanden", data=data).location
    work(session, "read-offer-import")
    assert "Er is niets om toe te passen" in client.get(location).text
    assert "Rijen: ongewijzigd (2)" in client.get(location).text


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_export_reads_in_a_stream_and_writes_when_its_file_is_made(
    client: FlaskClient,
    session: Session,
    provider: Provider,
    connection: Connection,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
) -> None:
    sent: list[str] = []
    event.listen(connection, "before_cursor_execute", lambda *given: sent.append(given[2]))
    made: list[tuple[int, int]] = []
    write, media_type = WRITERS[kind]

    def told() -> int:
        query = select(func.count()).where(AuditEvent.action == "offers-exported")
        return db.session().scalar(query) or 0

    def make(rows: Iterator[Sequence[Cell]], file: IO[bytes]) -> None:
        kept = list(rows)
        made.append((len(kept), told()))
        write(kept, file)

    monkeypatch.setitem(WRITERS, kind, (make, media_type))
    counts = []
    for _ in range(2):
        an_offer(session, provider)
        sent.clear()
        assert client.post(f"/aanbod/bestanden/aanbod.{kind}").status_code == 200
        counts.append(len(sent))
        assert not any("offer.search_text" in each for each in sent), "whole offers were read"
    assert made == [(1, 0), (2, 1)], "the second sees in the trail that the first was told"
    assert counts[0] == counts[1]


@pytest.mark.parametrize("in_memory", [1, 2**20])
def test_an_export_that_is_kept_on_disk_is_the_same(
    client: FlaskClient,
    session: Session,
    provider: Provider,
    monkeypatch: pytest.MonkeyPatch,
    in_memory: int,
) -> None:
    monkeypatch.setattr("app.offers.sheets.IN_MEMORY", in_memory)
    an_offer(session, provider, title="Re\u00ebel rekenen", sectors=["po", "so"])
    with client.post("/aanbod/bestanden/aanbod.csv") as answer:
        lines = answer.data.decode("utf-8-sig").split("\r\n")
    assert [line.split(";")[2] for line in lines[:2]] == ["Titel", "Re\u00ebel rekenen"]
    assert len(lines) == 2


def test_more_than_one_workbook_holds_is_told_and_stands_in_a_csv(
    client: FlaskClient, session: Session, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(MOST, "xlsx", 1)
    for title in ("Rekenen", "Lezen"):
        an_offer(session, provider, title=title)
    refused = client.post("/aanbod/bestanden/aanbod.xlsx")
    assert refused.status_code == 422
    assert "Haal ze op als CSV" in refused.text
    text = client.post("/aanbod/bestanden/aanbod.csv").text
    assert "Rekenen" in text
    assert "Lezen" in text


def test_a_workbook_without_a_sheet_is_told_and_one_of_the_strict_form_is_read(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    a_published_offer(session, provider)
    export = client.post("/aanbod/bestanden/aanbod.xlsx").data
    told = {strict(export): "ongewijzigd (1)", charts_alone(): "staat geen werkblad met rijen"}
    for content, said in told.items():
        data = {"bestand": (io.BytesIO(content), "aanbod.xlsx")}
        location = client.post("/aanbod/bestanden", data=data).location
        work(session, "read-offer-import")
        assert said in client.get(location).text


def test_a_file_that_is_none_of_ours_changes_nothing(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    assert provider
    assert client.post("/aanbod/bestanden", data={}).status_code == 422
    assert "Dit bestand is leeg" in sent(client, "").text
    location = sent(client, "naam;prijs\nA;5\n").location
    work(session, "read-offer-import")
    assert "Dit bestand kunnen wij niet lezen" in client.get(location).text
    assert client.get("/aanbod/bestanden/sjabloon.xlsx").status_code == 200
    assert "niet te lezen" in client.get("/aanbod/bestanden").text


def test_the_file_of_another_company_or_branch_does_not_exist(
    app: Flask, client: FlaskClient, session: Session, provider: Provider
) -> None:
    location = sent(client, "Titel\nA\n").location
    an_employee(app, client, kvk=provider.kvk, branch="000037178598")
    assert client.get(location).status_code == 404
    a_provider(session, OTHER_KVK)
    an_employee(app, client, kvk=OTHER_KVK)
    assert client.get(location).status_code == 404


@pytest.mark.rule("R60")
def test_a_suspended_provider_looks_but_applies_nothing(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    location = sent(client, "Titel\nA\n").location
    work(session, "read-offer-import")
    client.post(f"{location}/toepassen")
    suspend(session, provider, "Geen klachtenregeling.", by="registrar")
    session.commit()
    work(session, "apply-offer-import")
    assert "Uw registratie is geschorst" in client.get(location).text
    assert sent(client, "Titel\nB\n").status_code == 403
    assert session.scalar(select(Offer.id).where(Offer.title == "A")) is None
