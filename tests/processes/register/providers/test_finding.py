"""Staff finds a provider by its contact person, however the name is spelled, among many."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from app.setup.schema import MIGRATIONS
from processes.register.providers.finding import find_providers
from processes.register.providers.leaving import erase_contact
from processes.register.providers.providers import Provider, ProviderStatus, change_contact
from tests.processes.register.conftest import make_provider

MANY = 600  # more than the ids that a statement took when names were compared in Python


def found(session: Session, text: str) -> list[str]:
    return [each.kvk for each in find_providers(session, text, 1)]


@contextmanager
def statements_of(engine: Engine) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


@pytest.fixture
def joelle(session: Session) -> Provider:
    provider = make_provider()
    provider.contact_name, provider.contact_email = "Jo\u00eblle \u00c5berg", "info@school.example"
    session.add(provider)
    session.flush()
    return provider


@pytest.mark.parametrize(
    "text",
    ["joelle", "JO\u00cbLLE", "jo\u00eblle aberg", "\u00e5berg", "info@school", "joe\u0308lle"],
)
def test_a_contact_person_is_found_however_spelled(
    session: Session, joelle: Provider, text: str
) -> None:
    assert found(session, text) == [joelle.kvk]


def test_another_contact_person_is_found_and_the_former_is_not(
    session: Session, joelle: Provider
) -> None:
    change_contact(session, joelle, {"name": "Ren\u00e9", "email": "rene@x.example"}, by="x")
    assert found(session, "rene") == [joelle.kvk]
    assert found(session, "joelle") == found(session, "info@school") == []
    joelle.status = ProviderStatus.LEFT
    erase_contact(session, joelle, by="x")
    assert found(session, "rene") == []


def test_all_of_many_with_accents_are_found_in_two_statements(
    session: Session, engine: Engine
) -> None:
    for number in range(MANY):
        provider = make_provider(kvk=str(20_000_000 + number))
        provider.contact_name = f"Zo\u00eb {number}"
        session.add(provider)
    session.flush()
    with statements_of(engine) as statements:
        page = find_providers(session, "zo\u00eb*", 1)
    assert page.total == MANY
    assert len(page.items) == page.per_page
    assert len(statements) == 2  # the number, and the page


def test_who_was_registered_before_the_upgrade_is_found(session: Session, joelle: Provider) -> None:
    script = ScriptDirectory(str(MIGRATIONS)).get_revision("a4f7c3190de2")
    assert script is not None
    kvk = joelle.kvk
    session.expire_all()
    with Operations.context(MigrationContext.configure(session.connection())):
        script.module.downgrade()
        script.module.upgrade()
    assert found(session, "joelle aberg") == [kvk]
