"""which conditions a token went by, with the values that they read."""

import sqlalchemy as sa
from alembic import op

revision = '91c3e7a4b5d2'
down_revision = '8d27b6f4e0c3'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('activity_instance', sa.Column('chosen', sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    op.drop_column('activity_instance', 'chosen')
