"""how an employee was called under an earlier KvK number of their company."""

import sqlalchemy as sa
from alembic import op

revision = 'f3a71c5e9d28'
down_revision = 'e18d4c7b92a6'
branch_labels = None
depends_on = None


def upgrade() -> None:
    column = sa.Column('earlier_labels', sa.JSON(), nullable=False, server_default='[]')
    op.add_column('provider_user', column)


def downgrade() -> None:
    op.drop_column('provider_user', 'earlier_labels')
