"""What cannot be deployed yet is kept with its to-do list, and never over what another saved."""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.engine.checks.findings import Finding, Severity, Vocabulary
from processes.engine.deployment.definitions import (
    RejectedDeploymentError,
    deploy,
    latest_definition,
)
from processes.engine.deployment.drafts import (
    ProcessDraft,
    StaleDraftError,
    UnknownDraftError,
    delete_draft,
    deploy_draft,
    draft_of,
    drafts,
    save_draft,
    todo,
)
from processes.engine.diagram.graph import BPMN
from tests.processes.engine.checks.rules.judging import VOCABULARY
from tests.processes.engine.checks.rules.test_pools import ASKS, DOCUMENTS, HEARS, collaboration
from tests.processes.engine.diagrams import chain, flow, node, process, straight, user

KNOWN = Vocabulary(forms=frozenset({"ask"}))
WHOLE = process(straight(user("ask"), ids=("ask",)))


def choice(condition: str = "") -> bytes:
    body = (
        node("startEvent", "start")
        + node("exclusiveGateway", "choose", default="choose_to_no")
        + node("endEvent", "yes")
        + node("endEvent", "no")
        + user("ask")
        + chain("start", "ask", "choose", "no")
        + flow("choose", "yes", condition)
    )
    return process(body)


UNFINISHED = choice()


def test_a_model_that_is_not_executable_yet_is_kept_with_what_is_to_do(session: Session) -> None:
    draft = save_draft(session, UNFINISHED, vocabulary=KNOWN, by="anna")
    session.expire_all()
    (found,) = drafts(session)
    assert (found.id, found.key, found.saved_by, found.version) == (draft.id, "p", "anna", 1)
    assert found.xml == UNFINISHED.decode()
    assert not found.is_deployable
    assert Severity.TODO in {finding.severity for finding in todo(found)}


def test_a_diagram_with_faults_is_kept_with_each_of_them(session: Session) -> None:
    scripted = process(straight(node("scriptTask", "run"), ids=("run",)))
    draft = save_draft(session, scripted, vocabulary=KNOWN, by="anna")
    assert draft.xml == scripted.decode()
    assert not draft.is_deployable
    assert Severity.ERROR in {finding.severity for finding in todo(draft)}
    with pytest.raises(RejectedDeploymentError):
        deploy_draft(session, draft.id, version=1, vocabulary=KNOWN, by="anna")


@pytest.mark.parametrize(
    "xml",
    [
        b"geen xml",
        b"<a/>",
        b"<!DOCTYPE a><a/>",
        WHOLE + b" " * 1_000_000,
        b"<a>" * 40 + b"</a>" * 40,
    ],
)
def test_what_is_no_diagram_at_all_is_refused(session: Session, xml: bytes) -> None:
    with pytest.raises(RejectedDeploymentError) as refused:
        save_draft(session, xml, vocabulary=KNOWN, by="anna")
    assert refused.value.findings
    assert drafts(session) == []


def test_what_was_found_elsewhere_is_not_looked_for_again(session: Session) -> None:
    found = [Finding("too-heavy", Severity.ERROR, None, None, "Te zwaar.")]
    draft = save_draft(session, WHOLE, vocabulary=KNOWN, by="anna", findings=found)
    assert todo(draft) == found


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('<process id="drawn" name="Getekend" isExecutable="false"/>', ("drawn", "Getekend")),
        ('<collaboration id="both"/>', ("all", "all")),
    ],
)
def test_a_diagram_without_a_process_that_can_run_still_has_a_key(
    session: Session, body: str, expected: tuple[str, str]
) -> None:
    xml = f'<definitions xmlns="{BPMN[1:-1]}" id="all">{body}</definitions>'.encode()
    draft = save_draft(session, xml, vocabulary=KNOWN, by="anna")
    assert (draft.key, draft.name) == expected


def test_a_draft_remembers_the_version_that_it_is_based_on(session: Session) -> None:
    (deployed,) = deploy(session, WHOLE, vocabulary=KNOWN, deployed_by="anna")
    draft = save_draft(session, UNFINISHED, vocabulary=KNOWN, by="anna")
    assert draft.based_on == deployed.id


def test_who_read_an_older_version_does_not_overwrite_a_newer_one(session: Session) -> None:
    draft = save_draft(session, UNFINISHED, vocabulary=KNOWN, by="anna")
    again: dict[str, Any] = {"vocabulary": KNOWN, "draft_id": draft.id, "version": 1}
    save_draft(session, choice("${true}"), by="bert", **again)
    with pytest.raises(StaleDraftError) as stale:
        save_draft(session, WHOLE, by="anna", **again)
    assert (stale.value.theirs.saved_by, stale.value.theirs.version) == ("bert", 2)
    assert stale.value.theirs.xml == choice("${true}").decode()
    assert stale.value.yours == WHOLE.decode()


def test_a_draft_that_is_mended_becomes_a_version_and_is_gone(session: Session) -> None:
    draft = save_draft(session, UNFINISHED, vocabulary=KNOWN, by="anna")
    given: dict[str, Any] = {"vocabulary": KNOWN, "by": "anna"}
    with pytest.raises(RejectedDeploymentError):
        deploy_draft(session, draft.id, version=1, **given)
    draft = save_draft(session, WHOLE, draft_id=draft.id, version=1, **given)
    assert draft.is_deployable
    with pytest.raises(StaleDraftError):
        deploy_draft(session, draft.id, version=1, **given)
    (deployed,) = deploy_draft(session, draft.id, version=2, note="Klaar", **given)
    assert latest_definition(session, "p").id == deployed.id
    assert (deployed.xml, deployed.note) == (WHOLE.decode(), "Klaar")
    assert session.scalars(select(ProcessDraft)).all() == []


def test_a_draft_that_is_thrown_away_is_not_there_any_more(session: Session) -> None:
    draft = save_draft(session, UNFINISHED, vocabulary=KNOWN, by="anna")
    delete_draft(session, draft.id, version=1)
    for unknown in (draft.id, uuid4()):
        with pytest.raises(UnknownDraftError):
            draft_of(session, unknown)


def test_a_draft_of_one_of_several_processes_keeps_to_that_one(session: Session) -> None:
    xml = collaboration(ASKS, HEARS, DOCUMENTS)
    _asks, hears = deploy(session, xml, vocabulary=VOCABULARY, deployed_by="petra")

    draft = save_draft(session, xml, vocabulary=VOCABULARY, by="anna", based_on=hears.id)
    assert draft.key == "q"
    draft = save_draft(session, xml, vocabulary=VOCABULARY, by="anna", draft_id=draft.id, version=1)
    assert draft.key == "q"
    without = collaboration(ASKS, DOCUMENTS)
    draft = save_draft(
        session, without, vocabulary=VOCABULARY, by="anna", draft_id=draft.id, version=2
    )
    assert draft.key == "p"
