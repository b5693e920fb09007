"""groups of an opening: whose user tasks it may do."""

import sqlalchemy as sa
from alembic import op

revision = 'c4e81a07d2f9'
down_revision = 'b3d90f6c1e58'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('opening', sa.Column('groups', sa.JSON(), nullable=False, server_default='[]'))


def downgrade() -> None:
    op.drop_column('opening', 'groups')
