"""The figures that are kept, from the command line."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from processes.base import now
from processes.engine.insight.counts import DONE_JOBS
from processes.engine.store.figure_models import KeptFigure
from processes.platform import database
from processes.platform.settings import Settings, use_settings
from tests.app.cli.test_operations import loket


@pytest.fixture(autouse=True)
def command_settings(settings: Settings, own_database_url: str) -> Iterator[None]:
    use_settings(settings.model_copy(update={"database_url": own_database_url}))
    yield
    database.close_databases()


def test_a_figure_that_is_wrong_is_told_and_made_right(own_engine: Engine) -> None:
    assert loket("figures", "verify").exit_code == 0
    with Session(own_engine) as session:
        session.add(KeptFigure(name=DONE_JOBS.name, as_of=now(), value={"send": [3, 0]}))
        session.commit()
    verified = loket("figures", "verify")
    assert verified.exit_code == 1
    assert "done jobs of send: kept 3, counted 0" in verified.output
    assert loket("figures", "rebuild").exit_code == 0
    assert loket("figures", "verify").exit_code == 0
