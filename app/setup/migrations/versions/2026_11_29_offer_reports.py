"""reports about activities, and activities that the staff took out of the catalogue."""

import sqlalchemy as sa
from alembic import op

from processes.base import UtcDateTime

revision = '4c1f6a82e9d7'
down_revision = 'c41d7a90e3b5'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('offer', sa.Column('hidden_at', UtcDateTime(), nullable=True))
    op.add_column('offer', sa.Column('hidden_reason', sa.Text(), nullable=True))
    op.create_table(
        'offer_report',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('offer_id', sa.Uuid(), nullable=False),
        sa.Column('kind', sa.String(), nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('reported_by', sa.String(), nullable=False),
        sa.Column('reported_at', UtcDateTime(), nullable=False),
        sa.Column('handled_at', UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(['offer_id'], ['offer.id'], name=op.f('fk_offer_report_offer_id_offer')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_offer_report')),
    )
    op.create_index(op.f('ix_offer_report_offer_id'), 'offer_report', ['offer_id'])


def downgrade() -> None:
    op.drop_table('offer_report')
    op.drop_column('offer', 'hidden_reason')
    op.drop_column('offer', 'hidden_at')
