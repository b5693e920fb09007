"""What an operator sees and does: at a glance, by cause, one instance, and with the hand."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.operations import groups, incidents
from app.operations.cases import bulk as instance_actions
from app.operations.masks import HIDDEN, as_json, masked
from app.operations.names import doer
from app.web.access import Role
from processes.base import now
from processes.engine.execution.instances import start_process, variables
from processes.engine.execution.jobs import claim, create_job, fail, finish
from processes.engine.repair.retries import advance
from processes.engine.store.models import (
    Incident,
    IncidentStatus,
    InstanceStatus,
    Job,
    JobStatus,
    ProcessInstance,
    UserTask,
)
from processes.engine.store.retry_models import RetryRun
from processes.engine.store.snapshot_models import InstanceSnapshot
from processes.platform.observed import HealthCheck, WorkerHeartbeat
from processes.register.changes import AuditEvent
from processes.webhooks import own_addresses
from processes.webhooks.events import PREFIX
from processes.webhooks.own_addresses import Wanted
from tests.app.offers.offer_world import BPMN, deploy_offer_publication
from tests.app.signing_in import KVK, sign_in

LEASE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def operator(app: Flask, client: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    sign_in(app, client, Role.OPERATOR)


@pytest.fixture
def instance(session: Session) -> ProcessInstance:
    assert BPMN
    deploy_offer_publication(session)
    variables = {
        "offer_id": str(uuid4()),
        "contact": {"name": "Anna de <b>Vriés</b>", "email": "anna@leerkring.test"},
    }
    started = start_process(
        session,
        "offer_publication",
        business_key="zaak-1",
        tenant=KVK,
        variables=variables,
        started_by="test",
    )
    session.commit()
    return started


def a_stopped_job(session: Session, error: Exception | None = None) -> Job:
    key = str(uuid4())
    job = create_job(session, "bulk-publish", {}, idempotency_key=key, max_attempts=1)
    attempt(session, job, error or ConnectionError(f"brief {key} bleef liggen"))
    return job


def attempt(session: Session, job: Job, error: Exception | None = None) -> None:
    claimed = claim(session, job.id, owner="w", lease=LEASE)
    assert claimed
    if error:
        fail(session, job.id, "w", claimed.attempts, error)
    else:
        finish(session, job.id, "w", claimed.attempts)
    session.commit()


def text_of(page: str) -> str:
    return " ".join(page.split())


def reasons(session: Session, action: str) -> list[str]:
    found = session.scalars(select(AuditEvent).where(AuditEvent.action == action))
    return [event.details["reason"] for event in found]


def test_without_a_worker_the_page_says_so_and_knows_nothing_of_systems(
    client: FlaskClient,
) -> None:
    page = client.get("/beheer").text
    assert "Er is geen werker" in page
    assert page.count("onbekend") == 5


def test_webhooks_of_companies_that_wait_for_an_operator_are_told(
    client: FlaskClient, session: Session
) -> None:
    assert "op uw oordeel" not in client.get("/beheer").text
    for kvk in ("68750110", "69599084"):
        wanted = Wanted("website", "https://voorbeeld.example/", [f"{PREFIX}offer.published"])
        own_addresses.ask(session, kvk, wanted, by="anna")
        session.commit()
        last = html.fromstring(client.get("/beheer").text)
    (link,) = last.xpath("//a[contains(., 'op uw oordeel')]")
    assert link.text == "2 webhooks van bedrijven wachten op uw oordeel"
    assert client.get(link.get("href")).status_code == 200


def test_workers_and_systems_show_how_they_are_and_since_when(
    client: FlaskClient, session: Session
) -> None:
    long_ago = now() - timedelta(hours=1)
    session.add(WorkerHeartbeat(id="a", host="machine-a", pid=12))
    session.add(WorkerHeartbeat(id="b", host="machine-b", pid=13, seen_at=long_ago))
    session.add(HealthCheck(name="mail", is_well=False, detail="geen antwoord", since=long_ago))
    session.add(HealthCheck(name="broker", is_well=True, detail="antwoordt"))
    session.add(HealthCheck(name="login", is_well=True, detail="", checked_at=long_ago))
    session.commit()
    page = client.get("/beheer").text
    assert "machine-a" in page
    assert "machine-b" not in page
    assert ">fout<" in page
    assert page.count(">goed<") == 1
    assert page.count(">onbekend<") == 3


def test_versions_and_topics_are_counted(
    client: FlaskClient, session: Session, instance: ProcessInstance
) -> None:
    job = create_job(session, "bulk-publish", {}, idempotency_key="1")
    job.created_at = now() - timedelta(hours=3)
    session.commit()
    page = text_of(client.get("/beheer").text)
    assert "3 uur" in page
    assert f"/beheer/processen?proces={instance.process_key}" in page


def test_an_instance_that_waits_for_nothing_is_shown_as_stuck(
    client: FlaskClient, session: Session, instance: ProcessInstance
) -> None:
    session.query(UserTask).delete()
    session.commit()
    page = client.get("/beheer").text
    assert "Zaken die vastzitten" in page
    assert str(instance.id) in page


def test_incidents_of_one_cause_are_one_line(client: FlaskClient, session: Session) -> None:
    first, *_others = [a_stopped_job(session) for _ in range(3)]
    a_stopped_job(session, ValueError("iets anders"))
    page = text_of(client.get("/beheer/incidenten").text)
    assert "2 oorzaken" in page
    assert "Alle 3 opnieuw proberen" in page
    cause = session.scalars(select(Incident.cause).where(Incident.job_id == first.id)).one()
    page = client.get(f"/beheer/incidenten/oorzaak/{cause}").text
    assert page.count('data-label="Incident"') == 3
    assert "Traceback" in page or "ConnectionError" in page


def test_one_first_and_then_the_rest_tells_what_truly_happened(
    client: FlaskClient, session: Session
) -> None:
    first, second = a_stopped_job(session), a_stopped_job(session)
    [cause] = set(session.scalars(select(Incident.cause)))
    answer = client.post(f"/beheer/incidenten/oorzaak/{cause}/opnieuw", data={"mode": "one-first"})
    run = session.scalars(select(RetryRun)).one()
    assert answer.location == f"/beheer/pogingen/{run.id}"
    assert "hx-get" in client.get(answer.location).text
    session.refresh(second)
    assert second.status is JobStatus.FAILED
    attempt(session, first)
    advance(session, run.id)
    attempt(session, second)
    advance(session, run.id)
    session.commit()
    page = client.get(answer.location).text
    assert page.count(">gelukt<") == 2
    assert "hx-get" not in page
    part = client.get(answer.location, headers={"HX-Request": "true"}).text
    assert part.lstrip().startswith('<div id="pogingen"')
    assert client.get(f"/beheer/incidenten/oorzaak/{cause}").status_code == 302


def test_when_the_first_does_not_succeed_the_page_says_the_rest_was_left(
    client: FlaskClient, session: Session
) -> None:
    first, _ = a_stopped_job(session), a_stopped_job(session)
    [cause] = set(session.scalars(select(Incident.cause)))
    client.post(f"/beheer/incidenten/oorzaak/{cause}/opnieuw", data={"mode": "one-first"})
    run = session.scalars(select(RetryRun)).one()
    attempt(session, first, ConnectionError("nog weg"))
    advance(session, run.id)
    session.commit()
    page = client.get(f"/beheer/pogingen/{run.id}").text
    assert ">mislukt<" in page
    assert ">niet geprobeerd<" in page
    assert session.query(Incident).filter_by(status=IncidentStatus.OPEN).count() == 2


def test_the_incidents_of_one_cause_and_their_outcomes_stand_on_pages(
    client: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(groups, "PER_PAGE", 2)
    monkeypatch.setattr(incidents, "SHOWN", 2)
    for _ in range(5):
        a_stopped_job(session)
    [cause] = set(session.scalars(select(Incident.cause)))
    page = client.get(f"/beheer/incidenten/oorzaak/{cause}?pagina=3").text
    assert "Incidenten 5 tot en met 5 van 5" in page
    assert "Alle 5 opnieuw proberen" in page
    sent = client.post(f"/beheer/incidenten/oorzaak/{cause}/opnieuw", data={"mode": "all"})
    shown = client.get(f"{sent.location}?pagina=2").text
    assert "Uitkomst van incident 3 tot en met 4 van 5" in shown
    assert "0 gelukt, 0 mislukt, 5 bezig" in shown
    assert f'hx-get="{sent.location}?pagina=2"' in shown
    assert "5 tot en met 5 van 5" in client.get(f"{sent.location}?pagina=99").text


def test_what_is_being_tried_again_is_told_where_an_operator_comes_back(
    client: FlaskClient, session: Session
) -> None:
    for _ in range(3):
        a_stopped_job(session)
    [cause] = set(session.scalars(select(Incident.cause)))
    group = f"/beheer/incidenten/oorzaak/{cause}"
    run = client.post(f"{group}/opnieuw", data={"mode": "one-first"}).location
    for address in ("/beheer/incidenten", group):
        page = client.get(address).text
        assert "Er wordt nu opnieuw geprobeerd" in page
        assert f'href="{run}"' in page
        assert "0 van 3 bekend" in page


def test_the_page_of_a_job_tells_how_far_it_is(client: FlaskClient, session: Session) -> None:
    job = create_job(session, "change-instances", {}, idempotency_key="1")
    job.progress = {"done": 3, "total": 14}
    session.commit()
    assert "Wacht: 3 van 14 gedaan." in client.get(f"/beheer/taken/{job.id}").text
    part = client.get(f"/beheer/taken/{job.id}", headers={"HX-Request": "true"}).text
    assert part.lstrip().startswith('<div id="hoe-ver"')
    assert "hx-get" in part
    assert "kon dit niet" not in part
    job.status, job.progress = JobStatus.DONE, {"done": 14, "total": 14, "passed_by": 2}
    session.commit()
    page = client.get(f"/beheer/taken/{job.id}").text
    assert "hx-get" not in page
    assert "Bij 2 zaken kon dit niet. Daar is niets veranderd." in page


def test_pages_name_processes_elements_and_topics_as_people_do(
    client: FlaskClient, session: Session, instance: ProcessInstance
) -> None:
    a_stopped_job(session)
    page = client.get("/beheer/processen").text
    assert ">Activiteit controleren en publiceren</option>" in page
    assert "Meer activiteiten publiceren" in client.get("/beheer/taken").text
    one = client.get(f"/beheer/processen/{instance.id}").text
    assert "Activiteit controleren en aanvullen" in one
    assert ">check_offer<" not in one


def test_the_list_tells_what_is_stuck_and_is_filtered_by_it_and_by_version(
    client: FlaskClient, session: Session, instance: ProcessInstance
) -> None:
    row = f"/beheer/processen/{instance.id}"
    assert row not in client.get("/beheer/processen?incident=ja").text
    session.add(
        Incident(
            instance_id=instance.id,
            job_id=None,
            element_id="check_offer",
            kind="step-failed",
            message="Het ging mis.",
        )
    )
    session.commit()
    for words in ("incident=ja", "onderdeel=check_offer", "versie=1", "versie=x"):
        page = client.get(f"/beheer/processen?{words}").text
        assert row in page
        assert ">incident</span>" in page
    for words in ("onderdeel=ander", "versie=2"):
        assert row not in client.get(f"/beheer/processen?{words}").text
    asked = client.get("/beheer/processen/wijzigen?wat=stilzetten&alle=ja&versie=2")
    assert asked.status_code == 302  # the whole filter counts: nothing was chosen


@pytest.mark.parametrize(
    ("words", "is_found"),
    [
        ("vanaf=2026-01-10", True),
        ("vanaf=2026-01-11", False),
        ("tot=10-1-2026", True),
        ("tot=2026-01-09", False),
        ("vanaf=onzin", True),
        ("gegeven=kind", True),
        ("gegeven=kind%3Dcourse", True),
        ("gegeven=kind%3Dander", False),
        ("gegeven=aantal%3D3", True),
        ("gegeven=onbekend", False),
    ],
)
def test_the_list_is_filtered_by_day_and_by_variable(
    client: FlaskClient, session: Session, *, words: str, is_found: bool
) -> None:
    """A day begins in Amsterdam: 23.30 in UTC is the day after."""
    deploy_offer_publication(session)
    given = {"kind": "course", "aantal": 3}
    one = start_process(
        session, "offer_publication", business_key="zaak-9", started_by="test", variables=given
    )
    one.started_at = datetime(2026, 1, 9, 23, 30, tzinfo=UTC)
    session.commit()
    row = f"/beheer/processen/{one.id}"
    page = client.get(f"/beheer/processen?{words}").text
    assert (row in page) is is_found
    asked = client.get(f"/beheer/processen/wijzigen?wat=stilzetten&alle=ja&zoek=zaak-9&{words}")
    assert asked.status_code == (200 if is_found else 302)


@pytest.mark.parametrize(
    ("actor", "words"),
    [(None, "Loket"), ("worker", "Loket, op de achtergrond"), ("medewerker 1", "medewerker 1")],
)
def test_the_machine_is_told_from_people(actor: str | None, words: str) -> None:
    assert doer(actor) == words


def test_of_a_very_long_list_the_beginning_is_shown() -> None:
    text = as_json({"instance_ids": list(range(1000))})
    assert "… en nog 900" in text
    assert "150" not in text


@pytest.mark.parametrize("mode", ["", "onzin"])
def test_another_way_of_trying_again_is_refused(client: FlaskClient, mode: str) -> None:
    sent = client.post("/beheer/incidenten/oorzaak/x/opnieuw", data={"mode": mode})
    assert sent.status_code == 400


def test_a_cause_that_is_gone_leads_back_to_the_list(client: FlaskClient) -> None:
    sent = client.post("/beheer/incidenten/oorzaak/x/opnieuw", data={"mode": "all"})
    assert sent.location == "/beheer/incidenten"


def test_the_page_of_an_instance_says_why_it_waits(
    client: FlaskClient, instance: ProcessInstance
) -> None:
    page = client.get(f"/beheer/processen/{instance.id}").text
    assert "Waarop deze zaak wacht" in page
    assert "Wacht sinds" in page


def test_personal_data_is_hidden_until_somebody_says_why_and_that_is_kept(
    client: FlaskClient, session: Session, instance: ProcessInstance
) -> None:
    address = f"/beheer/processen/{instance.id}"
    hidden = client.get(address).text
    assert "Anna" not in hidden
    assert HIDDEN in hidden
    refused = client.post(f"{address}/gegevens", data={"reason": " "})
    assert refused.status_code == 422
    assert "Anna" not in refused.text
    assert reasons(session, "variables-shown") == []
    shown = client.post(f"{address}/gegevens", data={"reason": "vraag van de aanbieder"})
    assert "Anna de &lt;b&gt;Vriés&lt;/b&gt;" in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    assert reasons(session, "variables-shown") == ["vraag van de aanbieder"]
    assert "Anna" not in client.get(address).text


def test_what_is_not_known_to_be_harmless_is_hidden() -> None:
    known = {
        "answers": {"1": "ja"},
        "all_yes": True,
        "company": {"kvk": "68750110", "born": "1980-01-01", "nothing": None},
        "people": ["Anna", {"action": "publish", "age": 42}],
        "pointer": "0b6f6ff6-8f3e-4a4e-93c3-6d4f8f6f8a11",
    }
    assert masked(known) == {
        "answers": {"1": "ja"},
        "all_yes": True,
        "company": {"kvk": HIDDEN, "born": HIDDEN, "nothing": None},
        "people": [HIDDEN, {"action": "publish", "age": HIDDEN}],
        "pointer": "0b6f6ff6-8f3e-4a4e-93c3-6d4f8f6f8a11",
    }


def change(client: FlaskClient, what: str, *ids: UUID, reason: str = "op verzoek") -> str:
    data = {"wat": what, "zaak": [str(each) for each in ids], "reason": reason}
    return client.post("/beheer/processen/wijzigen", data=data).text


def test_instances_are_suspended_resumed_and_cancelled_with_a_reason(
    client: FlaskClient, session: Session, instance: ProcessInstance
) -> None:
    asked = client.get(f"/beheer/processen/wijzigen?wat=stoppen&zaak={instance.id}").text
    assert "Terugnemen kan 30 dagen" in text_of(asked)
    for what, status in (
        ("stilzetten", InstanceStatus.SUSPENDED),
        ("hervatten", InstanceStatus.ACTIVE),
        ("stoppen", InstanceStatus.CANCELLED),
    ):
        assert "1 van 1 gelukt" in change(client, what, instance.id)
        session.refresh(instance)
        assert instance.status is status
    assert reasons(session, "instance-cancelled") == ["op verzoek"]


def test_what_cannot_be_changed_does_not_hold_up_the_others(
    client: FlaskClient, session: Session, instance: ProcessInstance
) -> None:
    other = start_process(session, "offer_publication", business_key="zaak-2", started_by="test")
    session.commit()
    change(client, "stilzetten", instance.id)
    page = change(client, "stilzetten", instance.id, other.id)
    assert "1 van 2 gelukt" in page
    assert ">niet gelukt<" in page
    session.refresh(other)
    assert other.status is InstanceStatus.SUSPENDED


def test_all_of_a_filter_are_changed_as_one(
    client: FlaskClient, session: Session, instance: ProcessInstance
) -> None:
    other = start_process(session, "offer_publication", business_key="zaak-2", started_by="test")
    session.commit()
    words = f"wat=stilzetten&alle=ja&proces={instance.process_key}&status=active&zoek=zaak-2"
    page = client.get(f"/beheer/processen/wijzigen?{words}").text
    assert "Stilzetten: 1 zaak" in page
    sent = {
        "wat": "stilzetten",
        "alle": "ja",
        "proces": instance.process_key,
        "status": "active",
        "zoek": "zaak-2",
        "reason": "op verzoek",
    }
    changed = client.post("/beheer/processen/wijzigen", data={**sent, "aantal": "7"})
    assert changed.status_code == 422
    assert "intussen veranderd" in changed.text
    assert (
        "1 van 1 gelukt"
        in client.post("/beheer/processen/wijzigen", data={**sent, "aantal": "1"}).text
    )
    session.refresh(instance)
    session.refresh(other)
    assert (instance.status, other.status) == (InstanceStatus.ACTIVE, InstanceStatus.SUSPENDED)


def test_very_many_are_changed_in_the_background(
    client: FlaskClient,
    session: Session,
    instance: ProcessInstance,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(instance_actions, "MOST", 0)
    sent = {"wat": "stoppen", "alle": "ja", "aantal": "1", "reason": "op verzoek"}
    answer = client.post("/beheer/processen/wijzigen", data=sent)
    job = session.scalars(select(Job).filter_by(topic="change-instances")).one()
    assert answer.location == f"/beheer/taken/{job.id}"
    assert job.arguments["instance_ids"] == [str(instance.id)]


def test_without_a_reason_nothing_changes(
    client: FlaskClient, session: Session, instance: ProcessInstance
) -> None:
    assert "Schrijf op waarom" in change(client, "stoppen", instance.id, reason="")
    session.refresh(instance)
    assert instance.status is InstanceStatus.ACTIVE


@pytest.mark.parametrize("words", ["wat=stoppen", "wat=onzin&zaak=1", "wat=stoppen&zaak=x"])
def test_nothing_chosen_or_nonsense_changes_nothing(client: FlaskClient, words: str) -> None:
    assert client.get(f"/beheer/processen/wijzigen?{words}").status_code in {302, 400}


def the_token(session: Session) -> UserTask:
    session.expire_all()
    return session.scalars(select(UserTask).filter_by(status="open")).one()


def test_a_token_is_moved_by_hand_and_put_back(
    client: FlaskClient, session: Session, instance: ProcessInstance
) -> None:
    before = the_token(session)
    address = f"/beheer/processen/{instance.id}/plek/{before.id}"
    assert "Verplaatsen naar" in client.get(address).text
    data = {"action": "move", "to": "manage_offer", "reason": "verkeerd geklikt"}
    moved = client.post(address, data=data)
    assert moved.status_code == 302
    assert the_token(session).element_id == "manage_offer"
    assert reasons(session, "token-move") == ["verkeerd geklikt"]
    page = client.get(f"/beheer/processen/{instance.id}").text
    assert "Met de hand gewijzigd" in page
    snapshot = session.scalars(select(InstanceSnapshot)).one()
    client.post(f"/beheer/processen/{instance.id}/terugdraaien/{snapshot.id}")
    assert the_token(session).element_id == before.element_id
    again = client.post(
        f"/beheer/processen/{instance.id}/terugdraaien/{snapshot.id}", follow_redirects=True
    )
    assert "al teruggedraaid" in again.text


def test_a_variable_is_set_with_a_reason_and_put_back(
    client: FlaskClient, session: Session, instance: ProcessInstance
) -> None:
    token = the_token(session)
    address = f"/beheer/processen/{instance.id}/plek/{token.id}/gegeven"
    assert "Een gegeven wijzigen" in client.get(address).text
    data = {"name": "pogingen", "kind": "json", "value": "3", "reason": "stond verkeerd"}
    assert client.post(address, data=data).status_code == 302
    session.expire_all()
    assert variables(session, instance)["pogingen"] == 3
    assert reasons(session, "variable-set") == ["pogingen: stond verkeerd"]
    page = client.get(f"/beheer/processen/{instance.id}").text
    assert "Gegeven gewijzigd" in page
    snapshot = session.scalars(select(InstanceSnapshot)).one()
    client.post(f"/beheer/processen/{instance.id}/terugdraaien/{snapshot.id}")
    session.expire_all()
    assert "pogingen" not in variables(session, instance)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": ""}, "Vul de naam van het gegeven in."),
        ({"name": "1a"}, "begint met een letter"),
        ({"value": "{drie"}, "Dit is geen JSON"),
        ({"value": "NaN"}, "Dit is geen JSON"),
        ({"kind": ""}, "Kies wat voor waarde"),
        ({"reason": ""}, "Schrijf op waarom"),
    ],
)
def test_half_a_variable_is_asked_again(
    client: FlaskClient,
    session: Session,
    instance: ProcessInstance,
    wrong: dict[str, str],
    words: str,
) -> None:
    data = {"name": "n", "kind": "json", "value": "3", "reason": "op verzoek"} | wrong
    address = f"/beheer/processen/{instance.id}/plek/{the_token(session).id}/gegeven"
    sent = client.post(address, data=data)
    assert sent.status_code == 422
    assert words in sent.text
    assert session.query(InstanceSnapshot).count() == 0


def test_the_summary_of_errors_has_the_order_of_the_page(
    client: FlaskClient, session: Session, instance: ProcessInstance
) -> None:
    place = f"/beheer/processen/{instance.id}/plek/{the_token(session).id}"
    for address, first in ((place, "Kies wat u wilt doen."), (f"{place}/gegeven", "Vul de naam")):
        page = client.post(address, data={}).text
        assert page.index(first) < page.index("Schrijf op waarom")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "Kies wat u wilt doen."),
        ({"action": "move", "reason": "x"}, "Kies waar de zaak verdergaat."),
        ({"action": "move", "to": "nergens", "reason": "x"}, "Kies waar de zaak verdergaat."),
        ({"action": "repeat"}, "Schrijf op waarom"),
    ],
)
def test_half_a_change_of_a_token_is_asked_again(
    client: FlaskClient,
    session: Session,
    instance: ProcessInstance,
    data: dict[str, str],
    words: str,
) -> None:
    sent = client.post(f"/beheer/processen/{instance.id}/plek/{the_token(session).id}", data=data)
    assert sent.status_code == 422
    assert words in sent.text


def test_a_token_that_cannot_move_stays_with_the_reason_why(
    client: FlaskClient, session: Session, instance: ProcessInstance
) -> None:
    address = f"/beheer/processen/{instance.id}/plek/{the_token(session).id}"
    assert client.get(f"/beheer/processen/{instance.id}/plek/{uuid4()}").status_code == 404
    change(client, "stilzetten", instance.id)
    refused = client.post(address, data={"action": "repeat", "reason": "proef"})
    assert refused.status_code == 422
    assert "staat stil" in refused.text


def test_a_change_of_another_instance_cannot_be_undone_here(
    client: FlaskClient, session: Session, instance: ProcessInstance
) -> None:
    address = f"/beheer/processen/{instance.id}/terugdraaien/{uuid4()}"
    assert client.post(address).status_code == 404
    assert session.query(InstanceSnapshot).count() == 0
