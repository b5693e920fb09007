"""rows of the older register that a company claimed."""

import sqlalchemy as sa
from alembic import op

revision = 'c6e15a9d0b74'
down_revision = 'd3f58a17c0b2'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'legacy_claim',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('source', sa.String(), nullable=False),
        sa.Column('account', sa.String(), nullable=False),
        sa.Column('former_kvk', sa.String(), nullable=False),
        sa.Column('kvk', sa.String(), nullable=False),
        sa.Column('by', sa.String(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('id', name='pk_legacy_claim'),
        sa.UniqueConstraint(
            'source', 'account', 'former_kvk', name='uq_legacy_claim_source_account_former_kvk'
        ),
    )
    op.create_index('ix_legacy_claim_kvk', 'legacy_claim', ['kvk'])


def downgrade() -> None:
    op.drop_table('legacy_claim')
