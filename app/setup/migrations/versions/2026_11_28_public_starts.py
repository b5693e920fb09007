"""processes that everybody may begin, and forms whose address is not confirmed yet."""

import sqlalchemy as sa
from alembic import op

from processes.base import UtcDateTime

revision = 'e1f5a83c7d20'
down_revision = 'd8f16b2e40c9'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'public_start',
        sa.Column('process_key', sa.String(), nullable=False),
        sa.Column('opened_by', sa.String(), nullable=False),
        sa.Column('opened_at', UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint('process_key'),
    )
    op.create_table(
        'pending_start',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('process_key', sa.String(), nullable=False),
        sa.Column('definition_id', sa.Uuid(), nullable=False),
        sa.Column('email', sa.String(), nullable=False),
        sa.Column('answers', sa.JSON(), nullable=False),
        sa.Column('sent_at', UtcDateTime(), nullable=False),
        sa.Column('confirmed_at', UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(['definition_id'], ['process_definition.id']),
        sa.PrimaryKeyConstraint('id'),
    )
    op.create_index('ix_pending_start_email', 'pending_start', ['email', 'sent_at'])
    op.create_index('ix_pending_start_process', 'pending_start', ['process_key', 'sent_at'])


def downgrade() -> None:
    op.drop_index('ix_pending_start_process', 'pending_start')
    op.drop_index('ix_pending_start_email', 'pending_start')
    op.drop_table('pending_start')
    op.drop_table('public_start')
