"""A business rule task decides by the latest deployed table, and the process goes on with it."""

import pytest
from sqlalchemy.orm import Session

from processes.engine.checks.findings import Vocabulary
from processes.engine.deployment import definitions
from processes.engine.execution import incidents, instances
from processes.engine.execution.steps import StepFailedError
from tests.processes.engine.diagrams import define, node, process, straight, user
from tests.processes.engine.tables import dmn, rule, table

WORDS = Vocabulary(forms=frozenset(), topics={}, delegates={})


def deploy(session: Session, *rules: str) -> None:
    xml = dmn(table(*rules))
    definitions.deploy(session, xml, vocabulary=WORDS, deployed_by="petra")


def decide(session: Session, answer: str, **attributes: str) -> dict[str, object]:
    task = node("businessRuleTask", "decide", camunda_decisionRef="colour", **attributes)
    define(session, process(straight(user("a"), task, user("b"), ids=("a", "decide", "b"))))
    instance = instances.start_process(session, "p", started_by="test")
    (open_task,) = instances.open_user_tasks(session)
    instances.complete_user_task(
        session, open_task.id, completed_by="anna", variables={"answer": answer}
    )
    return instances.variables(session, instance)


def test_the_outputs_of_the_table_become_variables(session: Session) -> None:
    deploy(session, rule('"ja"', '"groen"'), rule('"nee"', '"rood"'))
    assert decide(session, "nee") == {"answer": "nee", "outcome": "rood"}


def test_a_result_variable_holds_the_single_output(session: Session) -> None:
    deploy(session, rule('"ja"', '"groen"'))
    decided = decide(session, "ja", camunda_resultVariable="colour")
    assert decided == {"answer": "ja", "colour": "groen"}


def test_the_latest_version_of_the_table_decides(session: Session) -> None:
    deploy(session, rule('"ja"', '"groen"'))
    deploy(session, rule('"ja"', '"blauw"'))
    assert decide(session, "ja")["outcome"] == "blauw"
    assert definitions.latest_definition(session, "decision:colour").version == 2
    assert [each.key for each in definitions.definitions(session)] == ["p"]


def test_two_rules_that_both_fit_are_an_incident(session: Session) -> None:
    """That "answer" is always what is asked, the checks cannot prove."""
    deploy(session, rule('"ja"', '"groen"'), rule("answer", '"rood"'))

    with pytest.raises(StepFailedError):
        decide(session, "ja")

    (incident,) = incidents.open_incidents(session)
    assert incident.element_id == "decide"
    assert [task.element_id for task in instances.open_user_tasks(session)] == ["a"]
