"""openings: programs outside that may send, and what they sent."""

import sqlalchemy as sa
from alembic import op

from processes.base import UtcDateTime

revision = 'b3d90f6c1e58'
down_revision = 'e1f5a83c7d20'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'opening',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('name', sa.String(), nullable=False),
        sa.Column('secret_hash', sa.String(), nullable=False),
        sa.Column('previous_hash', sa.String(), nullable=True),
        sa.Column('messages', sa.JSON(), nullable=False),
        sa.Column('signals', sa.JSON(), nullable=False),
        sa.Column('processes', sa.JSON(), nullable=False),
        sa.Column('tenant', sa.String(), nullable=True),
        sa.Column('per_minute', sa.Integer(), nullable=False),
        sa.Column('enabled', sa.Boolean(), nullable=False),
        sa.Column('created_by', sa.String(), nullable=False),
        sa.Column('created_at', UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint('id'),
        sa.UniqueConstraint('name'),
    )
    op.create_table(
        'received_message',
        sa.Column('opening_id', sa.Uuid(), nullable=False),
        sa.Column('message_id', sa.String(), nullable=False),
        sa.Column('body_sha', sa.String(), nullable=False),
        sa.Column('answer', sa.JSON(), nullable=False),
        sa.Column('at', UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(['opening_id'], ['opening.id']),
        sa.PrimaryKeyConstraint('opening_id', 'message_id'),
    )
    op.create_index('ix_received_message_at', 'received_message', ['at'])


def downgrade() -> None:
    op.drop_index('ix_received_message_at', 'received_message')
    op.drop_table('received_message')
    op.drop_table('opening')
