"""notices of outages that every page tells."""

import sqlalchemy as sa
from alembic import op

revision = 'a85b1e34c7f9'
down_revision = '9e42b7d01c6a'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'outage_notice',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('made_by', sa.String(), nullable=False),
        sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('id'),
    )
    op.create_index('ix_outage_notice_ends_at', 'outage_notice', ['ends_at'])


def downgrade() -> None:
    op.drop_index('ix_outage_notice_ends_at', table_name='outage_notice')
    op.drop_table('outage_notice')
