"""What is kept of a visitor, exported and erased from the command line."""

import json
from collections.abc import Iterator
from uuid import uuid4

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from processes.engine.execution.starting import public_start
from processes.platform import database
from processes.platform.settings import Settings, use_settings
from tests.app.begin.complaints import KEY, SUBJECT, complaint, place
from tests.app.cli.test_operations import loket

EMAIL = "noor@voorbeeld.example"


@pytest.fixture(autouse=True)
def command_settings(settings: Settings, own_database_url: str) -> Iterator[None]:
    use_settings(settings.model_copy(update={"database_url": own_database_url}))
    yield
    database.close_databases()


def test_a_visitor_is_exported_and_erased(own_engine: Engine) -> None:
    with Session(own_engine) as session:
        place(session, complaint(SUBJECT, groups="public"))
        public_start.turn(session, [KEY], is_open=True, by="x")
        definition = public_start.opened(session, KEY)
        answers = {"onderwerp": "Geen les"}
        public_start.pend(session, definition, submission_id=uuid4(), email=EMAIL, answers=answers)
        session.commit()
    (form,) = json.loads(loket("visitors", "export", EMAIL).stdout)["forms"]
    assert form["answers"] == {"onderwerp": "Geen les"}
    assert loket("visitors", "erase", EMAIL).exit_code != 0  # a reason is asked
    done = loket("visitors", "erase", EMAIL, "--reason", "Verzoek.")
    assert done.stdout == "erased: 1 forms, 0 cases, 0 mails\n"
    assert loket("visitors", "export", EMAIL).exit_code == 1
