"""webhook addresses of companies."""

import sqlalchemy as sa
from alembic import op

revision = 'b81e5d27c4a6'
down_revision = 'f3a71c5e9d28'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('webhook_address', sa.Column('tenant', sa.String(), nullable=True))
    op.create_index(op.f('ix_webhook_address_tenant'), 'webhook_address', ['tenant'])


def downgrade() -> None:
    op.drop_index(op.f('ix_webhook_address_tenant'), 'webhook_address')
    op.drop_column('webhook_address', 'tenant')
