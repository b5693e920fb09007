"""what was done with many offers at once, with a result for each offer."""

import sqlalchemy as sa
from alembic import op

revision = 'c9d2e4a71b36'
down_revision = 'c0de57a9f164'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'bulk_action',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('provider_id', sa.Uuid(), nullable=False),
        sa.Column('kind', sa.Enum('controleren', 'publiceren', 'einddatum', 'verwijderen', 'ongedaan-maken', name='bulkkind', native_enum=False, length=40), nullable=False),
        sa.Column('by', sa.String(), nullable=False),
        sa.Column('branch', sa.String(), nullable=True),
        sa.Column('end_date', sa.Date(), nullable=True),
        sa.Column('undoes', sa.Uuid(), nullable=True),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['provider_id'], ['provider.id'], name=op.f('fk_bulk_action_provider_id_provider')),
        sa.ForeignKeyConstraint(['undoes'], ['bulk_action.id'], name=op.f('fk_bulk_action_undoes_bulk_action')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_bulk_action')),
    )
    op.create_index('ix_bulk_action_provider', 'bulk_action', ['provider_id', 'created_at'])
    op.create_table(
        'bulk_item',
        sa.Column('action_id', sa.Uuid(), nullable=False),
        sa.Column('offer_id', sa.Uuid(), nullable=False),
        sa.Column('title', sa.String(), nullable=False),
        sa.Column('is_done', sa.Boolean(), nullable=True),
        sa.Column('remark', sa.Text(), nullable=False),
        sa.Column('missing', sa.JSON(), nullable=False),
        sa.Column('undo', sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(['action_id'], ['bulk_action.id'], name=op.f('fk_bulk_item_action_id_bulk_action')),
        sa.PrimaryKeyConstraint('action_id', 'offer_id', name=op.f('pk_bulk_item')),
    )


def downgrade() -> None:
    op.drop_table('bulk_item')
    op.drop_table('bulk_action')
