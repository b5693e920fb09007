"""whether cases that ended were within their legal term."""

import sqlalchemy as sa
from alembic import op

revision = '4c81f0a95d37'
down_revision = '7a2c5d90e1b6'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'case_term',
        sa.Column('instance_id', sa.Uuid(), nullable=False),
        sa.Column('process_key', sa.String(), nullable=False),
        sa.Column('due_on', sa.Date(), nullable=False),
        sa.Column('ended_on', sa.Date(), nullable=False),
        sa.Column('is_completed', sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint('instance_id'),
    )
    op.create_index('ix_case_term_process', 'case_term', ['process_key', 'ended_on'])


def downgrade() -> None:
    op.drop_index('ix_case_term_process', 'case_term')
    op.drop_table('case_term')
