"""Deploying makes a new version where the content is new; old instances stay on theirs."""

import pytest
from sqlalchemy.orm import Session

from processes.engine.checks.findings import Vocabulary
from processes.engine.deployment import definitions
from processes.engine.deployment.start_rights import startable
from processes.engine.execution import instances
from processes.engine.store.models import ProcessDefinition
from processes.engine.store.start_models import ProcessStartRight
from tests.processes.engine.diagrams import define, node, process, straight, user

WORDS = Vocabulary(forms=frozenset({"a", "b"}), topics={}, delegates={})


def deploy(session: Session, xml: bytes) -> list[ProcessDefinition]:
    return definitions.deploy(session, xml, vocabulary=WORDS, deployed_by="petra", note="proef")


def test_a_deployed_process_can_be_started(session: Session) -> None:
    (definition,) = deploy(session, process(straight(user("a"), ids=("a",))))

    assert (definition.key, definition.version, definition.deployed_by) == ("p", 1, "petra")
    instances.start_process(session, "p", started_by="anna")
    assert [task.element_id for task in instances.open_user_tasks(session)] == ["a"]


def test_the_same_content_is_no_new_version(session: Session) -> None:
    xml = process(straight(user("a"), ids=("a",)))

    (first,), (second,) = deploy(session, xml), deploy(session, xml)

    assert first.id == second.id


def test_processes_of_one_name_stand_in_the_order_of_their_keys(session: Session) -> None:
    for key in ("b", "c", "a"):
        definition = define(session, process(straight(user("a"), ids=("a",)), key), key)
        definition.name = "Klacht"
        session.add(ProcessStartRight(definition_id=definition.id, group="registrar"))
    session.flush()

    for found in (definitions.definitions(session), startable(session, {"registrar"})):
        assert [each.key for each in found] == ["a", "b", "c"]


@pytest.mark.rule("R68")
def test_a_running_instance_stays_on_its_version(session: Session) -> None:
    deploy(session, process(straight(user("a"), ids=("a",))))
    old = instances.start_process(session, "p", started_by="anna")
    deploy(session, process(straight(user("a"), user("b"), ids=("a", "b"))))

    (task,) = instances.open_user_tasks(session)
    instances.complete_user_task(session, task.id, completed_by="anna", variables={})

    assert old.status == "completed"
    assert definitions.latest_definition(session, "p").version == 2
    assert [each.version for each in definitions.definitions(session)] == [2]


def test_a_diagram_with_findings_is_refused_with_all_of_them(session: Session) -> None:
    loose = process(straight(user("a"), ids=("a",)) + node("exclusiveGateway", "nowhere"))

    with pytest.raises(definitions.RejectedDeploymentError) as refused:
        deploy(session, loose)

    assert "nowhere" in {finding.element for finding in refused.value.findings}
    assert definitions.definitions(session) == []


def test_a_process_that_was_never_deployed_is_unknown(session: Session) -> None:
    with pytest.raises(definitions.UnknownProcessError):
        definitions.latest_definition(session, "nowhere")


def from_file(session: Session, xml: bytes) -> ProcessDefinition:
    (found,) = definitions.deploy(
        session, xml, vocabulary=WORDS, deployed_by="loket", from_file=True
    )
    return found


def test_a_file_never_replaces_what_was_deployed_on_the_web(session: Session) -> None:
    shipped = process(straight(user("a"), ids=("a",)))
    from_file(session, shipped)
    (web,) = deploy(session, process(straight(user("b"), ids=("b",))))
    assert from_file(session, shipped) is web
    assert not web.from_file
    assert definitions.latest_definition(session, "p").version == 2


def test_once_its_content_is_in_a_file_files_lead_again(session: Session) -> None:
    xml = process(straight(user("b"), ids=("b",)))
    (web,) = deploy(session, xml)
    assert from_file(session, xml) is web
    assert web.from_file
    newer = from_file(session, process(straight(user("a"), ids=("a",))))
    assert (newer.version, newer.from_file) == (2, True)
