"""on SQLite who adds an entry writes its keys to the full-text table; the trigger is for who does not."""

from alembic import op

revision = 'd27c5e90b8a4'
down_revision = 'b8e3f05c71d4'
branch_labels = None
depends_on = None

MOVED = """INSERT INTO search_fts(rowid, keys) VALUES (new.number, new.keys);
    UPDATE search_entry SET keys = '' WHERE number = new.number; END"""


def upgrade() -> None:
    _made_anew(" WHEN new.keys != ''")


def downgrade() -> None:
    _made_anew('')


def _made_anew(condition: str) -> None:
    if op.get_bind().dialect.name != 'sqlite':
        return
    op.execute('DROP TRIGGER search_fts_insert')
    op.execute(
        f"""CREATE TRIGGER search_fts_insert AFTER INSERT ON search_entry{condition} BEGIN
    {MOVED}"""
    )
