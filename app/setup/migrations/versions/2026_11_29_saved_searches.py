"""searches that teachers keep."""

import sqlalchemy as sa
from alembic import op

from processes.base import UtcDateTime

revision = 'f48b1c6e20d7'
down_revision = '2d7f40b9c6e3'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'saved_search',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('teacher_id', sa.Uuid(), nullable=False),
        sa.Column('text', sa.String(), nullable=False),
        sa.Column('kinds', sa.String(), nullable=False),
        sa.Column('sectors', sa.String(), nullable=False),
        sa.Column('areas', sa.String(), nullable=False),
        sa.Column('is_mailed', sa.Boolean(), nullable=False),
        sa.Column('told_until', UtcDateTime(), nullable=False),
        sa.Column('created_at', UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ['teacher_id'], ['teacher.id'], name=op.f('fk_saved_search_teacher_id_teacher')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_saved_search')),
    )
    op.create_index('ix_saved_search_teacher', 'saved_search', ['teacher_id'])


def downgrade() -> None:
    op.drop_index('ix_saved_search_teacher', 'saved_search')
    op.drop_table('saved_search')
