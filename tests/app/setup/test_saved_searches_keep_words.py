"""A saved search of before the upgrade searches the same after it, and after going back."""

from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.setup.schema import MIGRATIONS
from processes.register.catalogue import CatalogueQuery
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
        rows = session.execute(text("SELECT text, sectors, kinds, areas FROM saved_search"))
        assert sorted(map(tuple, rows)) == [
            ("", ",", ",", ","),
            ("taal", ",po,vo,", ",cursus,", ","),
        ]
        script.module.upgrade()

    session.expire_all()
    assert {each.query for each in searches_of(session, teacher)} == set(queries)
