"""texts that a process owner changes, and the order in which instances began."""

import sqlalchemy as sa
from alembic import op

revision = 'b1f4c2a97d30'
down_revision = '6d1f0a9be2c4'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('text_version',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('subject', sa.Text(), nullable=True),
    sa.Column('text', sa.Text(), nullable=True),
    sa.Column('by', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_text_version')),
    sa.UniqueConstraint('key', 'version', name=op.f('uq_text_version_key_version'))
    )
    op.create_index(
        'ix_process_instance_definition_started', 'process_instance', ['definition_id', 'started_at']
    )


def downgrade() -> None:
    op.drop_index('ix_process_instance_definition_started', 'process_instance')
    op.drop_table('text_version')
