"""the search index of the catalogue: entries and vocabulary; `loket db upgrade` fills it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '5e8a1c73d9b6'
down_revision = 'd93b7c51e0a4'
branch_labels = None
depends_on = None

SQLITE = (
    """CREATE VIRTUAL TABLE search_fts USING fts5(keys, content='search_entry',
    content_rowid='number', detail=none, columnsize=0, tokenize="ascii tokenchars '=-'")""",
    """CREATE TRIGGER search_fts_insert AFTER INSERT ON search_entry BEGIN
    INSERT INTO search_fts(rowid, keys) VALUES (new.number, new.keys); END""",
    """CREATE TRIGGER search_fts_delete AFTER DELETE ON search_entry BEGIN
    INSERT INTO search_fts(search_fts, rowid, keys) VALUES ('delete', old.number, old.keys); END""",
    """CREATE TRIGGER search_fts_update AFTER UPDATE OF keys ON search_entry BEGIN
    INSERT INTO search_fts(search_fts, rowid, keys) VALUES ('delete', old.number, old.keys);
    INSERT INTO search_fts(rowid, keys) VALUES (new.number, new.keys); END""",
)
POSTGRESQL = (
    'CREATE INDEX ix_search_entry_keys ON search_entry USING gin (keys) WITH (fastupdate=off)',
)


def upgrade() -> None:
    op.create_table(
        'search_entry',
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('offer_id', sa.Uuid(), nullable=False),
        sa.Column('provider_id', sa.Uuid(), nullable=False),
        sa.Column('facets', sa.BigInteger(), nullable=False),
        sa.Column('hours', sa.Integer(), nullable=False),
        sa.Column('last_day', sa.Date(), nullable=False),
        sa.Column('sort_title', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('digest', sa.String(), nullable=False),
        sa.Column('keys', sa.Text().with_variant(postgresql.TSVECTOR(), 'postgresql'), nullable=False),
        sa.ForeignKeyConstraint(['offer_id'], ['offer.id'], name=op.f('fk_search_entry_offer_id_offer')),
        sa.ForeignKeyConstraint(['provider_id'], ['provider.id'], name=op.f('fk_search_entry_provider_id_provider')),
        sa.PrimaryKeyConstraint('number', name=op.f('pk_search_entry')),
        sa.UniqueConstraint('offer_id', name=op.f('uq_search_entry_offer_id')),
    )
    op.create_index('ix_search_entry_order', 'search_entry', ['sort_title', 'number'])
    op.create_index('ix_search_entry_counts', 'search_entry', ['last_day', 'provider_id', 'facets'])
    op.create_index(op.f('ix_search_entry_provider_id'), 'search_entry', ['provider_id'])
    op.create_table(
        'search_word',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('word', sa.String(), nullable=False),
        sa.Column('cut', sa.String(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_search_word')),
    )
    op.create_index(op.f('ix_search_word_word'), 'search_word', ['word'])
    op.create_index(op.f('ix_search_word_cut'), 'search_word', ['cut'])
    for statement in SQLITE if op.get_bind().dialect.name == 'sqlite' else POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == 'sqlite':
        op.execute('DROP TABLE search_fts')
    op.drop_table('search_word')
    op.drop_table('search_entry')
