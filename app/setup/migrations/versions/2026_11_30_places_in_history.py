"""the history of a case keeps its order: what one step passes is left at the same moment."""

import sqlalchemy as sa
from alembic import op

revision = 'e81b54d0c7a9'
down_revision = 'a4f7c3190de2'
branch_labels = None
depends_on = None


def upgrade() -> None:
    place = sa.Column('place', sa.BigInteger(), nullable=False, server_default='0')
    op.add_column('activity_instance', place)


def downgrade() -> None:
    op.drop_column('activity_instance', 'place')
