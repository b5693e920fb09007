"""the browser and device of a web session, in words."""

import sqlalchemy as sa
from alembic import op

revision = 'd52e8b01f4c6'
down_revision = '4c1f6a82e9d7'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('web_session', sa.Column('device', sa.String(), nullable=False, server_default=''))


def downgrade() -> None:
    op.drop_column('web_session', 'device')
