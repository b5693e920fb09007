"""a narrow row of each entry of the search index for SQLite, that a count reads instead of it."""

from alembic import op

revision = 'c4e81f9a27d6'
down_revision = 'e94c0b7d21f6'
branch_labels = None
depends_on = None

COLUMNS = """number, facets, months, provider_id, subject, hours, last_day, addable_from,
    addable_until, valid_until"""
OF_NEW = """new.number, new.facets, new.months, new.provider_id, new.subject, new.hours,
    nullif(new.last_day, '9999-12-31'), nullif(new.addable_from, '0001-01-01'),
    nullif(new.addable_until, '9999-12-31'), nullif(new.valid_until, '9999-12-31')"""


def upgrade() -> None:
    if op.get_bind().dialect.name != 'sqlite':
        return
    op.execute(
        """CREATE TABLE search_hit_row (number INTEGER PRIMARY KEY, facets INTEGER, months INTEGER,
    provider_id, subject, hours INTEGER, last_day, addable_from, addable_until, valid_until)"""
    )
    op.execute(
        """CREATE VIEW search_hit AS SELECT number, facets, months, provider_id, subject, hours,
    coalesce(last_day, '9999-12-31') AS last_day, coalesce(addable_from, '0001-01-01') AS addable_from,
    coalesce(addable_until, '9999-12-31') AS addable_until,
    coalesce(valid_until, '9999-12-31') AS valid_until FROM search_hit_row"""
    )
    op.execute(
        f"""INSERT INTO search_hit_row ({COLUMNS})
    SELECT {OF_NEW.replace('new.', '')} FROM search_entry ORDER BY number"""
    )
    op.execute(
        f"""CREATE TRIGGER search_hit_insert AFTER INSERT ON search_entry BEGIN
    INSERT INTO search_hit_row ({COLUMNS}) VALUES ({OF_NEW}); END"""
    )
    op.execute(
        """CREATE TRIGGER search_hit_delete AFTER DELETE ON search_entry BEGIN
    DELETE FROM search_hit_row WHERE number = old.number; END"""
    )
    op.execute(
        f"""CREATE TRIGGER search_hit_update AFTER UPDATE OF {COLUMNS.removeprefix('number, ')}
    ON search_entry BEGIN
    REPLACE INTO search_hit_row ({COLUMNS}) VALUES ({OF_NEW}); END"""
    )


def downgrade() -> None:
    if op.get_bind().dialect.name != 'sqlite':
        return
    for name in ('insert', 'delete', 'update'):
        op.execute(f'DROP TRIGGER search_hit_{name}')
    op.execute('DROP VIEW search_hit')
    op.execute('DROP TABLE search_hit_row')
