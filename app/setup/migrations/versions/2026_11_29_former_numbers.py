"""KvK numbers that providers had before."""

import sqlalchemy as sa
from alembic import op

revision = 'e18d4c7b92a6'
down_revision = 'c4e81f9a27d6'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'former_kvk_number',
        sa.Column('kvk', sa.String(), nullable=False),
        sa.Column('provider_id', sa.Uuid(), nullable=False),
        sa.Column('because', sa.String(length=40), nullable=False),
        sa.Column('name', sa.String(), nullable=False),
        sa.Column('by', sa.String(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ['provider_id'], ['provider.id'], name='fk_former_kvk_number_provider_id_provider'
        ),
        sa.PrimaryKeyConstraint('kvk', name='pk_former_kvk_number'),
    )
    op.create_index('ix_former_kvk_number_provider_id', 'former_kvk_number', ['provider_id'])


def downgrade() -> None:
    op.drop_table('former_kvk_number')
