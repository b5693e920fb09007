"""What a new version does to running instances is looked at with one parse of its file."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.studio.deploy import impact
from processes.engine.deployment import definitions
from processes.engine.execution import instances
from processes.engine.interpreter.parser import parse
from tests.processes.engine.diagrams import define, process, straight, user

VERSIONS = 3


def test_the_new_file_is_parsed_once_however_many_versions_run(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(VERSIONS):
        names = tuple(f"t{each}" for each in range(number + 1))
        define(session, process(straight(*map(user, names), ids=names)))
        instances.start_process(
            session, "p", business_key=str(number), variables={}, started_by="test"
        )
    new = process(straight(user("t0"), user("nieuw"), ids=("t0", "nieuw")))
    parsed: list[bytes] = []

    def counted(xml: bytes, *given: Any) -> Any:
        parsed.append(xml)
        return parse(xml, *given)

    monkeypatch.setattr(definitions, "parse", counted)
    definitions._parsed_once.cache_clear()  # noqa: SLF001 - on the other database it was parsed too

    found = impact.impacts(session, impact.Target("p", new), {})

    assert len(found) == VERSIONS
    assert parsed.count(new) == 1
