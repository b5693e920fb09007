"""what retention removed: counts by class."""

import sqlalchemy as sa
from alembic import op

revision = 'f74a0d23b6e8'
down_revision = '3fa6c1e8d274'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'retention_run',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('terms', sa.JSON(), nullable=False),
        sa.Column('removed', sa.JSON(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('id'),
    )
    op.create_index('ix_retention_run_at', 'retention_run', ['at'])


def downgrade() -> None:
    op.drop_index('ix_retention_run_at', table_name='retention_run')
    op.drop_table('retention_run')
