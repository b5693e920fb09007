"""Taking a draft into use: what it does to what runs, who may, who must agree, and what is kept."""

from collections.abc import Callable, Iterable
from functools import partial
from html import unescape
from itertools import count
from pathlib import Path
from typing import Any, Self

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, event, select
from sqlalchemy.orm import ORMExecuteState, Session

from app.web.db import db
from processes.engine.checks import sandbox
from processes.engine.deployment import drafts
from processes.engine.deployment.drafts import ProcessDraft
from processes.engine.deployment.reviews import content_of
from processes.engine.execution import instances
from processes.engine.repair.migration import runs, undo
from processes.engine.store.models import Job, ProcessDefinition, ProcessInstance, UserTask
from processes.engine.store.snapshot_models import MigrationItem, MigrationOutcome, MigrationRun
from processes.register.changes import AuditEvent
from processes.tryout import deployment as gate
from processes.tryout import gate as tryout_gate
from processes.tryout.models import KeptScenario
from processes.tryout.scenarios.running import Verdict
from processes.webhooks.addresses import disable
from processes.webhooks.models import WebhookAddress
from tests.app.studio.deploying import (
    APPROVE,
    DEPLOY,
    EDIT,
    ONE,
    OTHER,
    PIETER,
    TWO,
    a_draft,
    a_version,
    address_of,
    sign_in_with,
    visits,
)
from tests.processes.engine.checks.rules.test_pools import DOCUMENTS, collaboration, pool
from tests.processes.engine.diagrams import chain, inputs, job, node, process, straight
from workers.vocabulary import vocabulary

ALL = (EDIT, APPROVE, DEPLOY)


@pytest.fixture(autouse=True)
def owner(app: Flask, client: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    sign_in_with(app, client, *ALL)


def with_four_eyes(app: Flask) -> None:
    settings = app.config["LOKET_SETTINGS"].model_copy(update={"four_eyes": True})
    app.config["LOKET_SETTINGS"] = settings


def sent(draft: ProcessDraft, latest: int = 1, **more: Any) -> dict[str, Any]:
    seen = {"version": str(draft.version), "latest": str(latest)}
    return {"note": "Adres erbij", "running": "new", **seen, **more}


def deploy(client: FlaskClient, draft: ProcessDraft, **more: Any) -> Any:
    return client.post(f"{address_of(draft)}/in-gebruik", data=sent(draft, **more))


def newest(session: Session) -> ProcessDefinition:
    query = select(ProcessDefinition).order_by(ProcessDefinition.version.desc())
    return session.scalars(query.limit(1)).one()


def actions(session: Session) -> list[str]:
    return list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.at)))


def test_a_draft_becomes_a_version_with_its_note_and_a_row_in_the_trail(
    client: FlaskClient, session: Session
) -> None:
    a_version(session)
    draft = a_draft(session)
    address = address_of(draft)
    response = deploy(client, draft)
    assert response.location == "/processen/visits"
    assert (newest(session).version, newest(session).note) == (2, "Adres erbij")
    assert newest(session).deployed_by == "Pieter"
    assert client.get(address).status_code == 404
    assert "process-deployed" in actions(session)
    page = client.get("/processen/visits").text
    assert "In gebruik genomen als versie 2" in page
    assert "Adres erbij" in page


def test_a_version_needs_a_note(client: FlaskClient, session: Session) -> None:
    draft = a_draft(session)
    response = deploy(client, draft, latest=0, note="  ")
    assert response.status_code == 422
    assert "Schrijf op wat er verandert" in response.text
    assert session.scalars(select(ProcessDefinition)).all() == []


def test_what_is_not_ready_cannot_be_deployed(client: FlaskClient, session: Session) -> None:
    unknown = ONE.replace(b'formKey="review"', b'formKey="nowhere"')
    draft = a_draft(session, unknown)
    assert "Het diagram is nog niet klaar" in client.get(f"{address_of(draft)}/in-gebruik").text
    assert deploy(client, draft, latest=0).status_code == 422
    assert session.scalars(select(ProcessDefinition)).all() == []


def test_what_was_looked_at_must_be_what_is_replaced(client: FlaskClient, session: Session) -> None:
    a_version(session)
    draft = a_draft(session)
    a_version(session, OTHER)
    late = deploy(client, draft, latest=1)
    assert late.status_code == 422
    assert "Er is intussen een nieuwe versie geplaatst" in late.text
    overtaken = client.get(f"{address_of(draft)}/verschillen").text
    assert "Versie 2 is intussen geplaatst" in overtaken
    stale = deploy(client, draft, latest=2, version="0")
    assert "Dit concept is intussen gewijzigd" in stale.text
    assert deploy(client, draft, latest=2).status_code == 302


def test_the_page_says_where_instances_wait_and_whether_they_can_go(
    client: FlaskClient, session: Session
) -> None:
    a_version(session)
    visits(session, 3)
    page = client.get(f"{address_of(a_draft(session))}/in-gebruik").text
    assert "Versie 1: 3 zaken" in page
    assert "3 kan mee" in page
    assert "3 zaken" in page


def test_where_to_go_is_chosen_and_tried_before_anything_moves(
    client: FlaskClient, session: Session
) -> None:
    a_version(session)
    visits(session, 2)
    draft = a_draft(session, OTHER)
    page = client.get(f"{address_of(draft)}/in-gebruik").text
    assert "2 kies waarheen" in page
    assert "Kies waar de zaak verder moet gaan." in page
    assert "Van “review” naar" in page
    tried = deploy(client, draft, action="try", **{"naar-review": "company-details"})
    assert tried.status_code == 200
    assert "2 kan mee" in tried.text
    assert '<option value="company-details" selected>' in tried.text
    assert session.scalars(select(MigrationRun)).all() == []
    assert newest(session).version == 1


def test_deployed_and_moved_in_the_background(client: FlaskClient, session: Session) -> None:
    a_version(session)
    visits(session, 2)
    draft = a_draft(session, OTHER)
    response = deploy(client, draft, running="all", **{"naar-review": "company-details"})
    run = session.scalars(select(MigrationRun)).one()
    assert response.location == f"/processen/visits/omzettingen/{run.id}"
    assert run.mapping == {"review": "company-details"}
    job = session.scalars(select(Job)).one()
    assert (job.topic, job.arguments) == ("migrate-instances", {"run_id": str(run.id)})
    page = client.get(response.location).text
    assert "Bezig: 0 van 2 omgezet" in page
    assert "hx-get" in page
    assert "process-migrated" in actions(session)


def a_scenario(session: Session) -> KeptScenario:
    kept = KeptScenario(process_key="visits", name="Bezoek", yaml="geen scenario", by="Pieter")
    session.add(kept)
    session.commit()
    return kept


def test_a_scenario_that_fails_keeps_the_draft_back(client: FlaskClient, session: Session) -> None:
    a_version(session)
    kept, draft = a_scenario(session), a_draft(session)
    page = client.get(f"{address_of(draft)}/in-gebruik").text
    assert "Het scenario moet slagen op dit concept" in page
    for address in ("toetsen", "in-gebruik"):
        response = client.post(f"{address_of(draft)}/{address}", data=sent(draft))
        assert "Niet alle scenario&#39;s slagen" in response.text
        assert "<strong>Bezoek</strong>: Dit scenario kan niet worden gelezen." in response.text
    assert newest(session).version == 1
    kept.is_dropped = True
    session.commit()
    assert deploy(client, draft).status_code == 302


def test_scenarios_that_passed_are_not_run_again_until_something_changes(
    client: FlaskClient, session: Session
) -> None:
    a_version(session)
    draft, kept = a_draft(session), a_scenario(session)
    gate.remember(session, draft, PIETER, gate.all_that_counts(session, draft))
    session.commit()
    page = client.get(f"{address_of(draft)}/in-gebruik").text
    assert "Het scenario slaagt" in page
    assert "Het is gespeeld op dit concept" in page
    kept.yaml = "iets anders"
    session.commit()
    assert "Het scenario moet slagen" in client.get(f"{address_of(draft)}/in-gebruik").text
    part = client.post(f"{address_of(draft)}/toetsen", headers={"HX-Request": "true"}).text
    assert part.lstrip().startswith('<div id="scenarios"')


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], object]]:
    """What others do while a child process works for a request, which has no transaction open."""
    done: list[Callable[[], object]] = []

    def work(ask: Callable[..., Any]) -> Callable[..., Any]:
        def worked(*given: Any, **more: Any) -> Any:
            assert not db.session.registry.has() or not db.session().in_transaction()
            while done:
                done.pop()()
            return ask(*given, **more)

        return worked

    passes = work(lambda play: Verdict(play.kept.name, (), None))
    monkeypatch.setattr(tryout_gate, "_verdict", passes)
    monkeypatch.setattr(tryout_gate, "ThreadPoolExecutor", InThisThread)
    monkeypatch.setattr(sandbox, "check", work(sandbox.check))
    return done


class InThisThread:
    """As a ThreadPoolExecutor, in the thread of the request."""

    def __init__(self, _number: int) -> None:
        pass

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_raised: object) -> None:
        pass

    def map(self, work: Callable[..., Any], each: Iterable[Any]) -> list[Any]:
        return list(map(work, each))


@pytest.mark.parametrize("part", [{}, {"HX-Request": "true"}])
def test_a_draft_that_others_put_into_use_while_its_scenarios_play_is_gone(
    client: FlaskClient,
    session: Session,
    meanwhile: list[Callable[[], object]],
    part: dict[str, str],
) -> None:
    a_version(session)
    a_scenario(session)
    draft = a_draft(session)
    address = address_of(draft)
    meanwhile.append(lambda: remove(session, draft))
    assert client.post(f"{address}/toetsen", headers=part).status_code == 404
    assert meanwhile == []


def test_a_draft_that_goes_while_it_is_put_into_use_is_gone(
    client: FlaskClient, session: Session, meanwhile: list[Callable[[], object]]
) -> None:
    a_version(session)
    a_scenario(session)
    draft = a_draft(session)
    address, form = address_of(draft), sent(draft)
    meanwhile.append(lambda: remove(session, draft))
    assert client.post(f"{address}/in-gebruik", data=form).status_code == 404
    assert newest(session).version == 1


def test_scenarios_play_and_files_are_checked_with_no_transaction_open(
    client: FlaskClient, session: Session, meanwhile: list[Callable[[], object]]
) -> None:
    a_version(session)
    a_scenario(session)
    draft = a_draft(session)
    played: list[str] = []
    meanwhile.append(partial(played.append, "scenarios"))
    assert client.get(f"{address_of(draft)}/scenarios").status_code == 200
    meanwhile.append(partial(played.append, "toetsen"))
    judged = client.post(f"{address_of(draft)}/toetsen")
    assert judged.location == f"{address_of(draft)}/in-gebruik#scenarios"
    assert "Het scenario slaagt" in client.get(judged.location).text
    meanwhile.append(partial(played.append, "in-gebruik"))
    assert deploy(client, draft).status_code == 302
    assert played == ["scenarios", "toetsen", "in-gebruik"]


def remove(session: Session, draft: ProcessDraft) -> None:
    session.delete(session.get_one(ProcessDraft, draft.id))
    session.commit()


def test_an_earlier_version_comes_back_as_a_new_one(client: FlaskClient, session: Session) -> None:
    a_version(session)
    a_version(session, TWO)
    back = client.post("/processen/visits/1/terug").location
    assert "Terug naar versie 1." in client.get(back).text
    draft = session.scalars(select(ProcessDraft)).one()
    deploy(client, draft, latest=2, note="Terug naar versie 1.")
    assert (newest(session).version, newest(session).xml.encode()) == (3, ONE)
    assert "process-rolled-back" in actions(session)


@pytest.mark.parametrize("right", [EDIT, APPROVE])
def test_who_may_not_deploy_may_look(
    app: Flask, client: FlaskClient, session: Session, right: Any
) -> None:
    a_version(session)
    draft = a_draft(session)
    sign_in_with(app, client, right)
    page = client.get(f"{address_of(draft)}/in-gebruik")
    assert page.status_code == 200
    assert "Een collega met het recht om te plaatsen" in page.text
    assert deploy(client, draft).status_code == 403
    assert client.post("/processen/visits/1/omzetten").status_code == 403


# Four eyes


def review(client: FlaskClient, draft: ProcessDraft, action: str, **more: str) -> Any:
    return client.post(f"{address_of(draft)}/{action}", data={"content": content_of(draft), **more})


def test_with_four_eyes_another_person_approves_first(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    with_four_eyes(app)
    a_version(session)
    draft = a_draft(session)
    assert "Nog niet goedgekeurd" in deploy(client, draft).text
    review(client, draft, "aanbieden", note="Graag vandaag")
    assert "U werkte zelf aan dit concept" in client.get(f"{address_of(draft)}/in-gebruik").text
    review(client, draft, "goedkeuren")
    assert "Nog niet goedgekeurd" in deploy(client, draft).text
    sign_in_with(app, client, APPROVE, name="Amira")
    assert "Goedkeuren" in client.get(f"{address_of(draft)}/in-gebruik").text
    review(client, draft, "goedkeuren", note="Ziet er goed uit")
    sign_in_with(app, client, *ALL)
    assert deploy(client, draft).status_code == 302
    assert newest(session).version == 2
    trail = actions(session)
    assert trail[-3:] == ["process-draft-submitted", "process-draft-approved", "process-deployed"]


def test_a_change_after_the_approval_drops_it(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    with_four_eyes(app)
    a_version(session)
    draft = a_draft(session)
    review(client, draft, "aanbieden")
    sign_in_with(app, client, APPROVE, name="Amira")
    review(client, draft, "goedkeuren")
    drafts.save_draft(
        session, OTHER, vocabulary=vocabulary(), by="Pieter", draft_id=draft.id, version=1
    )
    session.commit()
    sign_in_with(app, client, *ALL)
    assert "Nog niet goedgekeurd" in deploy(client, draft).text
    assert newest(session).version == 1


def test_a_draft_is_sent_back_with_a_remark(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    with_four_eyes(app)
    draft = a_draft(session)
    review(client, draft, "aanbieden")
    sign_in_with(app, client, APPROVE, name="Amira")
    review(client, draft, "terugsturen", note=" ")
    assert "wacht op een collega" in client.get(f"{address_of(draft)}/in-gebruik").text
    review(client, draft, "terugsturen", note="De termijn klopt niet")
    page = client.get(f"{address_of(draft)}/in-gebruik").text
    assert "teruggestuurd" in page
    assert "De termijn klopt niet" in page


def test_what_was_looked_at_is_what_is_approved(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    with_four_eyes(app)
    draft = a_draft(session)
    review(client, draft, "aanbieden")
    sign_in_with(app, client, APPROVE, name="Amira")
    review(client, draft, "goedkeuren", content="iets anders")
    page = client.get(f"{address_of(draft)}/in-gebruik").text
    assert "intussen gewijzigd" in page
    assert "wacht op een collega" in page


# Moving later


def test_instances_of_an_older_version_are_moved_later(
    client: FlaskClient, session: Session
) -> None:
    a_version(session)
    visits(session, 2)
    a_version(session, TWO)
    page = client.get("/processen/visits/1/omzetten").text
    assert "2 zaken omzetten" in page
    response = client.post("/processen/visits/1/omzetten", data={"action": "migrate"})
    run = session.scalars(select(MigrationRun)).one()
    assert response.location.endswith(str(run.id))
    assert len(session.scalars(select(MigrationItem)).all()) == 2
    assert client.get("/processen/visits/2/omzetten").status_code == 404
    assert client.get(f"/processen/elders/omzettingen/{run.id}").status_code == 404


def test_a_run_is_undone_once(client: FlaskClient, session: Session) -> None:
    a_version(session)
    (first, *_) = visits(session, 3)
    task = session.scalars(select(UserTask).where(UserTask.instance_id == first.id)).one()
    instances.save_draft(session, task.id, draft={"note": "half"}, by="anna")
    a_version(session, TWO)
    client.post("/processen/visits/1/omzetten", data={"action": "migrate"})
    run = session.scalars(select(MigrationRun)).one()
    address = f"/processen/visits/omzettingen/{run.id}"
    runs.apply_chunk(session, run.id)
    session.commit()
    page = client.get(address).text
    assert "Klaar: 3 van 3 omgezet" in page
    assert "Terugdraaien" in page
    assert client.post(f"{address}/terugdraaien").location == address
    client.post(f"{address}/terugdraaien")
    assert "werd al teruggedraaid" in client.get(address).text
    assert actions(session).count("process-migration-undone") == 1
    undo.undo_chunk(session, run.id)
    session.commit()
    assert "Klaar: 3 van 3 teruggezet" in client.get(address).text
    outcomes = set(session.scalars(select(MigrationItem.outcome)))
    assert outcomes == {MigrationOutcome.UNDONE}
    versions = {one.definition_id for one in session.scalars(select(ProcessInstance))}
    assert len(versions) == 1
    session.expire_all()
    assert session.get_one(UserTask, task.id).draft == {"note": "half"}


def test_htmx_gets_the_part_that_changes(client: FlaskClient, session: Session) -> None:
    a_version(session)
    visits(session, 1)
    a_version(session, TWO)
    client.post("/processen/visits/1/omzetten", data={"action": "migrate"})
    run = session.scalars(select(MigrationRun)).one()
    address = f"/processen/visits/omzettingen/{run.id}"
    part = client.get(address, headers={"HX-Request": "true"}).text
    assert part.lstrip().startswith('<div id="omzetting"')


@pytest.mark.parametrize("nth", range(1, 5))
def test_a_run_that_ends_while_its_page_is_made_is_not_over_with_cases_that_wait(
    client: FlaskClient, session: Session, connection: Connection, nth: int
) -> None:
    a_version(session)
    visits(session, 2)
    a_version(session, TWO)
    client.post("/processen/visits/1/omzetten", data={"action": "migrate"})
    run_id = session.scalars(select(MigrationRun.id)).one()
    session.commit()
    read = count(1)

    def end(state: ORMExecuteState) -> None:
        if "migration_item" in str(state.statement) and next(read) == nth:
            with Session(connection, join_transaction_mode="create_savepoint") as worker:
                runs.apply_chunk(worker, run_id)
                worker.commit()

    event.listen(Session, "do_orm_execute", end)
    try:
        page = client.get(f"/processen/visits/omzettingen/{run_id}").text
    finally:
        event.remove(Session, "do_orm_execute", end)
    assert next(read) > nth
    assert 'hx-trigger="every 2s"' in page or "wacht" not in page


# Differences


def test_a_draft_is_compared_with_the_version_that_it_began_with(
    client: FlaskClient, session: Session
) -> None:
    a_version(session)
    page = client.get(f"{address_of(a_draft(session))}/verschillen").text
    assert "Taak voor een mens “company-details”" in page
    assert "+ nieuw" in page
    assert "data-marks" in page


def test_a_new_process_has_nothing_to_be_compared_with(
    client: FlaskClient, session: Session
) -> None:
    assert "Dit proces is nieuw" in client.get(f"{address_of(a_draft(session))}/verschillen").text


def test_two_versions_are_compared(client: FlaskClient, session: Session) -> None:
    a_version(session)
    a_version(session, TWO)
    a_version(session, OTHER)
    assert "Taak voor een mens “review”" in client.get("/processen/visits/verschillen").text
    between = client.get("/processen/visits/verschillen?van=1&naar=2").text
    assert "Taak voor een mens “company-details”" in between
    same = client.get("/processen/visits/verschillen?van=2&naar=2").text
    assert "Geen verschillen" in same
    assert client.get("/processen/visits/verschillen?van=1&naar=9").status_code == 404
    assert client.get("/processen/elders/verschillen").status_code == 404


def test_names_in_a_diagram_are_never_markup(client: FlaskClient, session: Session) -> None:
    a_version(session)
    evil = TWO.replace(b'name="company-details"', b'name="&lt;b onclick=x&gt;&quot;]"')
    page = client.get(f"{address_of(a_draft(session, evil))}/verschillen").text
    assert "<b onclick" not in page


def test_a_file_of_two_processes_and_a_pool_that_documents_goes_into_use_as_two(
    client: FlaskClient, session: Session
) -> None:
    def reviewing(key: str, number: str) -> str:
        ends = node("startEvent", f"s{number}") + node("endEvent", f"e{number}")
        ids = (f"s{number}", f"review{number}", f"e{number}")
        task = node(
            "userTask", ids[1], camunda_formKey="review", camunda_candidateGroups="provider"
        )
        return pool(key, ends + task + chain(*ids))

    first, second = reviewing("visits", "1"), reviewing("returns", "2")
    both = collaboration(first, second, DOCUMENTS)
    a_version(session, collaboration(second))
    draft = a_draft(session, both)

    page = client.get(f"{address_of(draft)}/in-gebruik")
    assert "Elk krijgt een eigen versie" in page.text
    assert "die komt niet uit deze tekening" in page.text
    told = client.get(f"{address_of(draft)}/lezen")
    assert "Pool people" in told.text
    address = deploy(client, draft, latest=1).location
    answer = client.get(address)

    assert "visits (versie 1), returns (versie 2)" in answer.text
    newest = {
        one.key: one.version
        for one in session.scalars(select(ProcessDefinition).order_by(ProcessDefinition.version))
    }
    assert newest == {"visits": 1, "returns": 2}


def test_an_address_of_a_webhook_that_does_not_exist_is_told_until_an_operator_adds_it(
    client: FlaskClient, session: Session
) -> None:
    drawn = inputs(webhook_address="zaken")
    draft = a_draft(session, process(straight(job("a", "webhook", drawn), ids=("a",)), "visits"))
    page = client.get(f"{address_of(draft)}/in-gebruik").text
    assert "Een webhook komt nog nergens aan" in page
    assert "&#34;zaken&#34;, en dat adres bestaat niet" in page
    session.add(WebhookAddress(name="zaken", url="https://z.example", secret="", created_by=""))
    session.commit()
    page = client.get(f"{address_of(draft)}/in-gebruik").text
    assert "Een webhook komt nog nergens aan" not in page
    disable(session, session.scalars(select(WebhookAddress)).one())
    session.commit()
    page = client.get(f"{address_of(draft)}/in-gebruik").text
    assert "&#34;zaken&#34;, en dat adres staat uit" in page


def test_a_message_that_nobody_sends_is_told_before_a_process_is_put_into_use(
    client: FlaskClient, session: Session
) -> None:
    guide = Path(__file__).parents[4] / "docs" / "process-owners"
    draft = a_draft(session, (guide / "klacht-behandelen.bpmn").read_bytes())
    page = unescape(client.get(f"{address_of(draft)}/in-gebruik").text)
    assert "Op dit bericht wacht een zaak voor niets" in page
    assert 'wacht op het bericht "antwoord van aanbieder"' in page
