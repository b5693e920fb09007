"""entries of search know their states by day and serve portfolios; `loket db upgrade` fills them."""

import sqlalchemy as sa
from alembic import op

revision = '7b0e3d95c1f8'
down_revision = 'd52e8b01f4c6'
branch_labels = None
depends_on = None

TRIGGERS = ('insert', 'delete', 'update')
NEW = (
    """CREATE VIRTUAL TABLE search_fts USING fts5(keys, detail=none, columnsize=0,
    tokenize="ascii tokenchars '=-'")""",
    'INSERT INTO search_fts(rowid, keys) SELECT number, keys FROM search_entry ORDER BY number',
    "UPDATE search_entry SET keys = ''",
    """CREATE TRIGGER search_fts_insert AFTER INSERT ON search_entry BEGIN
    INSERT INTO search_fts(rowid, keys) VALUES (new.number, new.keys);
    UPDATE search_entry SET keys = '' WHERE number = new.number; END""",
    """CREATE TRIGGER search_fts_delete AFTER DELETE ON search_entry BEGIN
    DELETE FROM search_fts WHERE rowid = old.number; END""",
    """CREATE TRIGGER search_fts_update AFTER UPDATE OF keys ON search_entry
    WHEN new.keys != '' BEGIN
    DELETE FROM search_fts WHERE rowid = old.number;
    INSERT INTO search_fts(rowid, keys) VALUES (new.number, new.keys);
    UPDATE search_entry SET keys = '' WHERE number = new.number; END""",
)
OLD = (
    'UPDATE search_entry SET keys = (SELECT keys FROM search_fts WHERE rowid = number)',
    'DROP TABLE search_fts',
    """CREATE VIRTUAL TABLE search_fts USING fts5(keys, content='search_entry',
    content_rowid='number', detail=none, columnsize=0, tokenize="ascii tokenchars '=-'")""",
    """CREATE TRIGGER search_fts_insert AFTER INSERT ON search_entry BEGIN
    INSERT INTO search_fts(rowid, keys) VALUES (new.number, new.keys); END""",
    """CREATE TRIGGER search_fts_delete AFTER DELETE ON search_entry BEGIN
    INSERT INTO search_fts(search_fts, rowid, keys) VALUES ('delete', old.number, old.keys); END""",
    """CREATE TRIGGER search_fts_update AFTER UPDATE OF keys ON search_entry BEGIN
    INSERT INTO search_fts(search_fts, rowid, keys) VALUES ('delete', old.number, old.keys);
    INSERT INTO search_fts(rowid, keys) VALUES (new.number, new.keys); END""",
    "INSERT INTO search_fts(search_fts) VALUES ('rebuild')",
)


def upgrade() -> None:
    for name, kind, default in (
        ('addable_from', sa.Date(), '0001-01-01'),
        ('addable_until', sa.Date(), '9999-12-31'),
        ('months', sa.BigInteger(), '0'),
        ('valid_until', sa.Date(), '9999-12-31'),
    ):
        op.add_column('search_entry', sa.Column(name, kind, nullable=False, server_default=default))
    op.create_index('ix_search_entry_valid', 'search_entry', ['valid_until'])
    op.create_table(
        'search_state',
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('first_day', sa.Date(), nullable=False),
        sa.Column('facets', sa.BigInteger(), nullable=False),
        sa.Column('price', sa.Integer(), nullable=False),
        sa.Column('months', sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ['number'],
            ['search_entry.number'],
            name=op.f('fk_search_state_number_search_entry'),
            ondelete='CASCADE',
        ),
        sa.PrimaryKeyConstraint('number', 'first_day', name=op.f('pk_search_state')),
    )
    if op.get_bind().dialect.name == 'sqlite':
        drop_triggers()
        run('DROP TABLE search_fts', *NEW)


def downgrade() -> None:
    op.drop_table('search_state')
    op.drop_index('ix_search_entry_valid', 'search_entry')
    if op.get_bind().dialect.name == 'sqlite':
        drop_triggers()
        run(*OLD)
    for name in ('valid_until', 'months', 'addable_until', 'addable_from'):
        op.drop_column('search_entry', name)


def drop_triggers() -> None:
    run(*(f'DROP TRIGGER search_fts_{name}' for name in TRIGGERS))


def run(*statements: str) -> None:
    for statement in statements:
        op.execute(statement)
