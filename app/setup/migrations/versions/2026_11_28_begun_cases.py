"""who may begin which process, and the cases that people began."""

import sqlalchemy as sa
from alembic import op

from processes.base import UtcDateTime

revision = 'c7e2d90b51a4'
down_revision = '9c41d7a06be3'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'process_start_right',
        sa.Column('definition_id', sa.Uuid(), nullable=False),
        sa.Column('group', sa.String(), nullable=False),
        sa.ForeignKeyConstraint(['definition_id'], ['process_definition.id']),
        sa.PrimaryKeyConstraint('definition_id', 'group'),
    )
    op.create_table(
        'begun_case',
        sa.Column('submission_id', sa.Uuid(), nullable=False),
        sa.Column('instance_id', sa.Uuid(), nullable=False),
        sa.Column('reference', sa.String(), nullable=False),
        sa.Column('starter_id', sa.Uuid(), nullable=False),
        sa.Column('mailed_to', sa.String(), nullable=True),
        sa.Column('answers', sa.JSON(), nullable=False),
        sa.Column('begun_at', UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(['instance_id'], ['process_instance.id']),
        sa.PrimaryKeyConstraint('submission_id'),
        sa.UniqueConstraint('instance_id'),
        sa.UniqueConstraint('reference'),
    )
    op.create_index('ix_begun_case_starter', 'begun_case', ['starter_id', 'begun_at'])
    with op.batch_alter_table('outgoing_mail') as batch_op:
        batch_op.alter_column('kvk', existing_type=sa.String(), nullable=True)


def downgrade() -> None:
    op.execute("UPDATE outgoing_mail SET kvk = '' WHERE kvk IS NULL")
    with op.batch_alter_table('outgoing_mail') as batch_op:
        batch_op.alter_column('kvk', existing_type=sa.String(), nullable=False)
    op.drop_index('ix_begun_case_starter', 'begun_case')
    op.drop_table('begun_case')
    op.drop_table('process_start_right')
