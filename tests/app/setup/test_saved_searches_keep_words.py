"""A saved search of an earlier release, without `more`, searches the same after the upgrade."""

from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy.orm import Session

from app.setup.schema import MIGRATIONS
from processes.register.catalogue.catalogue import CatalogueQuery
from processes.register.portfolio.saved_searches import save_search, searches_of
from processes.register.portfolio.teachers import known_teacher


def test_saved_searches_search_the_same_after_the_upgrade_and_back(session: Session) -> None:
    teacher = known_teacher(session, issuer="school", subject="leraar-1", name="Noor")
    po, course = frozenset({"po", "vo"}), frozenset({"cursus"})
    queries = [CatalogueQuery(text="taal", sectors=po, kinds=course), CatalogueQuery()]
    for query in queries:
        save_search(session, teacher, query, mail=True)
    script = ScriptDirectory(str(MIGRATIONS)).get_revision("a93e0c5d71b8")
    assert script is not None

    with Operations.context(MigrationContext.configure(session.connection())):
        script.module.downgrade()
        script.module.upgrade()

    session.expire_all()
    assert {each.query for each in searches_of(session, teacher)} == set(queries)
