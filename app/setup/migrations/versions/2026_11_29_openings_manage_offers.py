"""an opening may manage the activities of its company."""

import sqlalchemy as sa
from alembic import op

revision = 'e27c90d4b613'
down_revision = 'e6a30b9f7d18'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        'opening', sa.Column('offers', sa.Boolean(), nullable=False, server_default=sa.false())
    )


def downgrade() -> None:
    op.drop_column('opening', 'offers')
