"""the search index knows begin days, prices and subjects; `loket db upgrade` fills them."""

import sqlalchemy as sa
from alembic import op

revision = 'e41d9a70c5b2'
down_revision = 'e27c90d4b613'
branch_labels = None
depends_on = None

SORTED = sa.String().with_variant(sa.String(collation='C'), 'postgresql')


def upgrade() -> None:
    op.add_column('search_entry', sa.Column('price', sa.Integer(), nullable=False, server_default='2147483647'))
    op.add_column('search_entry', sa.Column('subject', SORTED, nullable=False, server_default=''))
    op.create_table(
        'search_run',
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('month', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['number'], ['search_entry.number'], name=op.f('fk_search_run_number_search_entry')),
        sa.PrimaryKeyConstraint('number', 'day', name=op.f('pk_search_run')),
    )
    op.create_index('ix_search_run_day', 'search_run', ['day', 'number', 'month'])


def downgrade() -> None:
    op.drop_table('search_run')
    op.drop_column('search_entry', 'subject')
    op.drop_column('search_entry', 'price')
