"""What somebody fills in reaches the cells of a decision table as it is: dates, exact numbers."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.web.access import Role
from processes.engine.execution import instances
from tests.app.onboarding import Employee, prepare
from tests.app.signing_in import sign_in
from tests.app.tasks.test_drawn_fields import place
from tests.processes.engine.diagrams import chain, flow, node, process
from tests.processes.engine.form_fields import field, form
from tests.processes.engine.tables import column, dmn, wide_rule, wide_table

FIELDS = field("begin", "date"), field("uur", "double"), field("extra", "double")
TABLE = dmn(
    wide_table(
        [column("begin", "date"), column("uur + extra", "number")],
        wide_rule('< date("2027-03-01")', "0.3", to='"vroeg"'),
        wide_rule('>= date("2027-03-01")', "0.3", to='"laat"'),
        wide_rule("-", "-", to='"anders"'),
        policy="FIRST",
    ),
    "moment",
)


def drawn() -> str:
    """Ask, decide, and go where the table says."""
    ask = node("userTask", "ask", form(*FIELDS), camunda_candidateGroups="provider")
    decide = node(
        "businessRuleTask", "decide", camunda_decisionRef="moment",
        camunda_mapDecisionResult="singleEntry", camunda_resultVariable="uitkomst",
    )  # fmt: skip
    gateway = node("exclusiveGateway", "choice", default="choice_to_anders")
    ends = "".join(
        node("userTask", each, camunda_candidateGroups="provider")
        for each in ("vroeg", "laat", "anders")
    )
    ways = "".join(
        flow("choice", each, f'= uitkomst = "{each}"') + chain(each, "end")
        for each in ("vroeg", "laat")
    )
    body = node("startEvent", "start") + ask + decide + gateway + ends + node("endEvent", "end")
    steps = chain("start", "ask", "decide", "choice")
    return process(body + steps + ways + chain("choice", "anders", "end"), "momenten").decode()


@pytest.mark.parametrize(
    ("begin", "uur", "extra", "to"),
    [
        ("28-2-2027", "0,1", "0,2", "vroeg"),
        ("1 maart 2027", "0,1", "0,2", "laat"),
        ("1-3-2027", "0,3", "0", "laat"),
        ("1-3-2027", "0,1", "0,25", "anders"),
    ],
)
def test_a_case_goes_where_the_table_sends_what_was_filled_in(
    app: Flask, client: FlaskClient, session: Session, begin: str, uur: str, extra: str, to: str
) -> None:
    prepare(session)
    place(session, TABLE.decode())
    place(session, drawn())
    kvk = sign_in(app, client, Role.PROVIDER).kvk
    instances.start_process(session, "momenten", business_key="1", tenant=kvk, started_by="test")
    session.commit()
    (task,) = instances.open_user_tasks(session)
    answers = {"veld_begin": begin, "veld_uur": uur, "veld_extra": extra}

    page = client.get(f"/taken/{task.id}")
    sent = Employee(client).press(page, f"/taken/{task.id}", answers, follow=False)

    assert sent.status_code == 303
    session.expire_all()
    assert [each.element_id for each in instances.open_user_tasks(session)] == [to]
