"""questions of the catalogue that found nothing, counted without who asked."""

import sqlalchemy as sa
from alembic import op

revision = '3fa6c1e8d274'
down_revision = '7b20e5d94fa1'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'unanswered_question',
        sa.Column('text', sa.String(), nullable=False),
        sa.Column('times', sa.Integer(), nullable=False),
        sa.Column('last_on', sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint('text', name=op.f('pk_unanswered_question')),
    )
    op.create_index(op.f('ix_unanswered_question_last_on'), 'unanswered_question', ['last_on'])


def downgrade() -> None:
    op.drop_table('unanswered_question')
