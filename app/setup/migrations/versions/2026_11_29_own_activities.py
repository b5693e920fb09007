"""own activities in a portfolio, with evidence; the four years of a teacher."""

import sqlalchemy as sa
from alembic import op

revision = 'b41f07c8e2a5'
down_revision = '5e8a1c73d9b6'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('teacher', sa.Column('period_start', sa.Date(), nullable=True))
    with op.batch_alter_table('portfolio_entry', schema=None) as batch_op:
        batch_op.alter_column('offer_id', existing_type=sa.Uuid(), nullable=True)
        batch_op.alter_column('offer_version', existing_type=sa.Integer(), nullable=True)
        batch_op.add_column(
            sa.Column('contribution', sa.String(), nullable=False, server_default='')
        )
        batch_op.add_column(sa.Column('evidence', sa.JSON(), nullable=False, server_default='[]'))


def downgrade() -> None:
    op.execute('DELETE FROM portfolio_entry WHERE offer_id IS NULL')
    with op.batch_alter_table('portfolio_entry', schema=None) as batch_op:
        batch_op.drop_column('evidence')
        batch_op.drop_column('contribution')
        batch_op.alter_column('offer_version', existing_type=sa.Integer(), nullable=False)
        batch_op.alter_column('offer_id', existing_type=sa.Uuid(), nullable=False)
    op.drop_column('teacher', 'period_start')
