"""a start timer knows the moment that its repeat counts from."""

import sqlalchemy as sa
from alembic import op

revision = '3f8d21c6e7b4'
down_revision = '5b0e94ac7f31'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('start_timer', sa.Column('begun_at', sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column('start_timer', 'begun_at')
