"""Ending the sessions of a company, from the command line."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.auth.sessions import WebSession
from processes.platform import database
from processes.platform.settings import Settings, use_settings
from processes.register.changes import AuditEvent
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
    assert (refused.exit_code, refused.output) == (2, f"{number}: a KvK number has eight digits\n")
    with Session(own_engine) as session:
        assert list(session.scalars(select(WebSession.kvk))) == [COMPANY]
