"""what teachers think of activities."""

import sqlalchemy as sa
from alembic import op

from processes.base import UtcDateTime

revision = 'c0de57a9f164'
down_revision = 'b41f07c8e2a5'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'offer_evaluation',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('teacher_id', sa.Uuid(), nullable=False),
        sa.Column('offer_id', sa.Uuid(), nullable=False),
        sa.Column('useful', sa.Integer(), nullable=False),
        sa.Column('accurate', sa.Integer(), nullable=False),
        sa.Column('recommended', sa.Integer(), nullable=False),
        sa.Column('given_at', UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ['teacher_id'], ['teacher.id'], name=op.f('fk_offer_evaluation_teacher_id_teacher')
        ),
        sa.ForeignKeyConstraint(
            ['offer_id'], ['offer.id'], name=op.f('fk_offer_evaluation_offer_id_offer')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_offer_evaluation')),
        sa.UniqueConstraint(
            'teacher_id', 'offer_id', name=op.f('uq_offer_evaluation_teacher_id_offer_id')
        ),
    )
    op.create_index('ix_offer_evaluation_offer', 'offer_evaluation', ['offer_id'])


def downgrade() -> None:
    op.drop_index('ix_offer_evaluation_offer', 'offer_evaluation')
    op.drop_table('offer_evaluation')
