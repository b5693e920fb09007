"""webhook addresses of companies."""

import sqlalchemy as sa
from alembic import op

revision = 'b81e5d27c4a6'
down_revision = 'd2b97e4f10c8'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('webhook_address', sa.Column('tenant', sa.String(), nullable=True))
    op.create_index(op.f('ix_webhook_address_tenant'), 'webhook_address', ['tenant'])


def downgrade() -> None:
    op.drop_index(op.f('ix_webhook_address_tenant'), 'webhook_address')
    op.drop_column('webhook_address', 'tenant')
