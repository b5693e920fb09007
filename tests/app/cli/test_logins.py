"""Who logs in for a company, from the command line."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from processes.base import now
from processes.platform import database
from processes.platform.settings import Settings, use_settings
from processes.register.changes import AuditEvent
from processes.register.providers.people import ProviderUser, Right
from processes.register.providers.web_sessions import WebSession
from tests.app.cli.test_operations import loket

COMPANY, OTHER = "68750110", "90000102"


@pytest.fixture(autouse=True)
def command_settings(settings: Settings, own_database_url: str) -> Iterator[None]:
    use_settings(settings.model_copy(update={"database_url": own_database_url}))
    yield
    database.close_databases()


def signed_in(session: Session, *companies: str | None) -> None:
    for number, kvk in enumerate(companies):
        session.add(
            WebSession(
                id=f"{number}",
                user_id=uuid4(),
                label="medewerker 1",
                roles=frozenset({"provider"}),
                issuer="https://makelaar.example",
                subject="somebody",
                kvk=kvk,
                company=None,
                branch=None,
                loa="loa3",
                intermediary=None,
            )
        )
    session.commit()


@pytest.mark.rule("R18b")
def test_all_sessions_of_a_company_end_at_once_and_those_of_nobody_else(
    own_engine: Engine,
) -> None:
    with Session(own_engine) as session:
        signed_in(session, COMPANY, OTHER, COMPANY, None)
    ended = loket("logins", "end", COMPANY, "--reason", "machtiging ingetrokken")
    assert (ended.exit_code, ended.output) == (0, "2 ended\n")
    with Session(own_engine) as session:
        assert set(session.scalars(select(WebSession.kvk))) == {OTHER, None}
        event = session.scalars(select(AuditEvent).filter_by(action="sessions-ended")).one()
        assert (event.kvk, event.details) == (
            COMPANY,
            {"reason": "machtiging ingetrokken", "count": 2},
        )


@pytest.mark.parametrize("number", ["6875011", "68750110 ", "%", "abcdefgh"])
def test_what_is_no_kvk_number_ends_nothing(own_engine: Engine, number: str) -> None:
    with Session(own_engine) as session:
        signed_in(session, COMPANY)
    refused = loket("logins", "end", number, "--reason", "x")
    assert refused.exit_code == 2
    assert f"{number}: a KvK number has eight digits" in refused.stderr
    with Session(own_engine) as session:
        assert list(session.scalars(select(WebSession.kvk))) == [COMPANY]


def an_employee(session: Session, label: str, right: Right, *, ended: bool = False) -> None:
    session.add(
        ProviderUser(
            kvk=COMPANY,
            subject=label,
            issuer="https://makelaar.example",
            label=label,
            right=right,
            ended_at=now() if ended else None,
        )
    )
    session.commit()


def test_a_company_without_an_administrator_gets_a_new_one(own_engine: Engine) -> None:
    with Session(own_engine) as session:
        an_employee(session, "medewerker 1", Right.ADMINISTRATOR)
        an_employee(session, "medewerker 2", Right.READER, ended=True)
    listed = loket("logins", "list", COMPANY).output.splitlines()
    assert [line.split("\t")[:2] for line in listed] == [
        ["medewerker 1", "beheerder"],
        ["medewerker 2", "ended"],
    ]
    done = loket("logins", "administrator", COMPANY, "medewerker 2", "--reason", "brief van 1 mei")
    assert (done.exit_code, done.output) == (0, "medewerker 2 is administrator\n")
    with Session(own_engine) as session:
        person = session.scalars(select(ProviderUser).filter_by(label="medewerker 2")).one()
        assert (person.right, person.ended_at) == (Right.ADMINISTRATOR, None)
        event = session.scalars(select(AuditEvent).filter_by(action="administrator-made")).one()
        assert (event.kvk, event.details) == (
            COMPANY,
            {"person": "medewerker 2", "reason": "brief van 1 mei"},
        )


def test_nobody_is_made_administrator_of_a_company_that_does_not_know_them(
    own_engine: Engine,
) -> None:
    with Session(own_engine) as session:
        an_employee(session, "medewerker 1", Right.READER)
    for kvk, label in ((COMPANY, "medewerker 9"), (OTHER, "medewerker 1")):
        refused = loket("logins", "administrator", kvk, label, "--reason", "x")
        assert refused.exit_code == 1
        assert "nobody" in refused.output
