"""who did what to a draft of a process."""

import sqlalchemy as sa
from alembic import op

revision = 'd4c8e1b7a052'
down_revision = 'b1f4c2a97d30'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('draft_event',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('draft_id', sa.Uuid(), nullable=False),
    sa.Column('process_key', sa.String(), nullable=False),
    sa.Column('action', sa.Enum('saved', 'submitted', 'approved', 'returned', 'deployed', name='draftaction', native_enum=False, length=40), nullable=False),
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('by', sa.String(), nullable=False),
    sa.Column('issuer', sa.String(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_draft_event'))
    )
    op.create_index(op.f('ix_draft_event_draft_id'), 'draft_event', ['draft_id'])
    op.create_index(op.f('ix_draft_event_process_key'), 'draft_event', ['process_key'])


def downgrade() -> None:
    op.drop_index(op.f('ix_draft_event_process_key'), 'draft_event')
    op.drop_index(op.f('ix_draft_event_draft_id'), 'draft_event')
    op.drop_table('draft_event')
