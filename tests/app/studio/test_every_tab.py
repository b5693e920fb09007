"""Every page of every draft that may be kept answers, whatever was drawn in it (S7)."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.web.access import Role
from processes.engine.checks import checker
from processes.engine.deployment import drafts
from tests import sizes
from tests.app.studio.deploying import sign_in_with
from workers.vocabulary import vocabulary

ROOT = Path(__file__).parents[3]
OURS = sorted(ROOT.glob("bpmn/*.bpmn"))
CORPUS = sorted(ROOT.glob("tests/corpora/**/*.bpmn"))
FILES = [*OURS, *CORPUS[:: sizes.so_many(5, when_long=1)]]  # all of them in the long form
HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" '
    'targetNamespace="http://loket.test">'
)
COLLABORATION = '<collaboration id="c"><participant id="p" name="Wij"/></collaboration>'
WITHOUT_ID = '<process isExecutable="true"><startEvent id="s"/></process>'
ODD = {
    "nothing": f"{HEAD}</definitions>",
    "only a collaboration": f"{HEAD}{COLLABORATION}</definitions>",
    "a process without an id": f"{HEAD}{WITHOUT_ID}</definitions>",
    "an empty process": f'{HEAD}<process id="leeg"/></definitions>',
    "a pool without a process": (
        f'{HEAD}<collaboration id="c"><participant id="p" processRef="weg"/></collaboration>'
        '<process id="q" isExecutable="true"><startEvent id="s"/></process></definitions>'
    ),
    "two processes and a pool that documents": (
        f'{HEAD}<collaboration id="c"><participant id="p" processRef="klant" name="Klant"/>'
        '<participant id="r" processRef="een"/></collaboration>'
        '<process id="klant" isExecutable="false"><task id="k"/></process>'
        '<process id="een" isExecutable="true"><userTask id="a"/></process>'
        '<process id="twee" isExecutable="true"><userTask id="b"/></process></definitions>'
    ),
    "a message and nothing else": f'{HEAD}<message id="m" name="bericht"/></definitions>',
}
DRAWN = {file.name: file.read_bytes() for file in FILES} | {
    name: xml.encode() for name, xml in ODD.items()
}
TABS = (
    *("", "/tekenen", "/formulieren", "/proberen", "/scenarios", "/naspelen?dagen=7", "/lezen"),
    *("/verschillen", "/in-gebruik"),
)


@pytest.mark.parametrize(
    "backend", ["sqlite"], indirect=True
)  # what is drawn is not the database's
@pytest.mark.parametrize("name", DRAWN)
def test_every_tab_of_a_draft_that_may_be_kept_answers(
    app: Flask, client: FlaskClient, session: Session, name: str
) -> None:
    xml = DRAWN[name]
    findings = checker.check(xml, vocabulary())
    if not drafts.is_keepable(findings):
        pytest.fail(f"{name} can be read, and yet is no draft: {findings[0]}")
    draft = drafts.save_draft(session, xml, vocabulary=vocabulary(), by="Pieter", findings=findings)
    session.commit()
    sign_in_with(app, client, Role.PROCESS_OWNER, Role.PROCESS_APPROVER, Role.PROCESS_DEPLOYER)
    answers = {tab: client.get(f"/processen/concepten/{draft.id}{tab}").status_code for tab in TABS}
    assert answers == dict.fromkeys(TABS, 200)
