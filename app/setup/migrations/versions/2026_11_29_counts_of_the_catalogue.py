"""kept counts of the catalogue, which a worker makes (see the marks of `uncounted`)."""

import sqlalchemy as sa
from alembic import op

revision = 'd2b97e4f10c8'
down_revision = 'f3a71c5e9d28'
branch_labels = None
depends_on = None

CLOSED = "status != 'actief'"


def upgrade() -> None:
    op.create_table(
        'search_change',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('first_day', sa.Date(), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('facets', sa.BigInteger(), nullable=False),
        sa.Column('months', sa.BigInteger(), nullable=False),
        sa.Column('provider_id', sa.Uuid(), nullable=False),
        sa.Column('subject', sa.String(), nullable=False),
        sa.PrimaryKeyConstraint('id', name='pk_search_change'),
    )
    op.create_index('ix_search_change_first_day', 'search_change', ['first_day'])
    op.create_table(
        'search_count',
        sa.Column('chosen', sa.BigInteger(), nullable=False),
        sa.Column('kind', sa.String(), nullable=False),
        sa.Column(
            'value',
            sa.String().with_variant(sa.String(collation='C'), 'postgresql'),
            nullable=False,
        ),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('chosen', 'kind', 'value', name='pk_search_count'),
    )
    op.execute(
        'CREATE INDEX ix_search_count_most ON search_count (chosen, kind, number DESC, value)'
    )
    op.create_index('ix_provider_name', 'provider', ['search_name', 'kvk'])
    op.create_index(
        'ix_provider_closed',
        'provider',
        ['id'],
        sqlite_where=sa.text(CLOSED),
        postgresql_where=sa.text(CLOSED),
    )
    op.create_index(
        'ix_webhook_delivery_undelivered',
        'webhook_delivery',
        ['address_id', 'job_id'],
        sqlite_where=sa.text('delivered_at IS NULL'),
        postgresql_where=sa.text('delivered_at IS NULL'),
    )


def downgrade() -> None:
    op.drop_index('ix_webhook_delivery_undelivered', 'webhook_delivery')
    op.drop_index('ix_provider_closed', 'provider')
    op.drop_index('ix_provider_name', 'provider')
    op.drop_table('search_count')
    op.drop_table('search_change')
