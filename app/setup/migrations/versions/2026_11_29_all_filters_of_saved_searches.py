"""saved searches keep every filter of the catalogue."""

import sqlalchemy as sa
from alembic import op

revision = 'a93e0c5d71b8'
down_revision = 'f48b1c6e20d7'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('saved_search', sa.Column('more', sa.JSON(), nullable=False, server_default='{}'))


def downgrade() -> None:
    op.drop_column('saved_search', 'more')
