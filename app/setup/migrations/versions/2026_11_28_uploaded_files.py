"""files that people add to a form."""

import sqlalchemy as sa
from alembic import op

from processes.base import UtcDateTime

revision = '7a90d3e5c1b8'
down_revision = 'd5c27b913f80'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'uploaded_file',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('uploader', sa.String(), nullable=False),
        sa.Column('name', sa.String(), nullable=False),
        sa.Column('media_type', sa.String(), nullable=False),
        sa.Column('size', sa.Integer(), nullable=False),
        sa.Column('sha256', sa.String(), nullable=False),
        sa.Column('content', sa.LargeBinary(), nullable=False),
        sa.Column('scanned_at', UtcDateTime(), nullable=True),
        sa.Column('instance_id', sa.Uuid(), nullable=True),
        sa.Column('task_id', sa.Uuid(), nullable=True),
        sa.Column('sent_at', UtcDateTime(), nullable=True),
        sa.Column('uploaded_at', UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint('id'),
    )
    op.create_index('ix_uploaded_file_uploader', 'uploaded_file', ['uploader', 'uploaded_at'])
    op.create_index('ix_uploaded_file_instance', 'uploaded_file', ['instance_id'])
    op.create_index('ix_uploaded_file_unsent', 'uploaded_file', ['sent_at', 'uploaded_at'])


def downgrade() -> None:
    op.drop_index('ix_uploaded_file_unsent', 'uploaded_file')
    op.drop_index('ix_uploaded_file_instance', 'uploaded_file')
    op.drop_index('ix_uploaded_file_uploader', 'uploaded_file')
    op.drop_table('uploaded_file')
