"""a draft keeps how it was before another engine's words were taken over."""

import sqlalchemy as sa
from alembic import op

revision = 'b41f7c0e9d52'
down_revision = '6d0b4e19a2f7'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('process_draft', sa.Column('before_takeover', sa.Text(), nullable=True))
    op.add_column('process_draft', sa.Column('takeover_version', sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column('process_draft', 'takeover_version')
    op.drop_column('process_draft', 'before_takeover')
