"""delivered webhooks by address, and open tasks that have a second candidate."""

import sqlalchemy as sa
from alembic import op

revision = 'c47d1f9a2e60'
down_revision = 'a7e30c95d814'
branch_labels = None
depends_on = None

DELIVERED = sa.text('delivered_at IS NOT NULL')
FURTHER_IN_ORDER = """CREATE INDEX ix_user_task_in_order_further ON user_task
    (due_at, priority DESC, opened_at, id) WHERE status = 'open' AND {has_further}"""
HAS_FURTHER = {'sqlite': 'has_further_candidates = 1', 'postgresql': 'has_further_candidates'}


def upgrade() -> None:
    op.create_index(
        'ix_webhook_delivery_delivered',
        'webhook_delivery',
        ['address_id', 'number'],
        sqlite_where=DELIVERED,
        postgresql_where=DELIVERED,
    )
    # True of what older code opens meanwhile, and of closed tasks, which nobody looks for.
    has_further = sa.Column(
        'has_further_candidates', sa.Boolean(), nullable=False, server_default=sa.true()
    )
    op.add_column('user_task', has_further)
    op.execute(
        "UPDATE user_task SET has_further_candidates = false WHERE status = 'open' AND NOT EXISTS"
        ' (SELECT 1 FROM user_task_group WHERE user_task_group.task_id = user_task.id)'
    )
    op.execute(FURTHER_IN_ORDER.format(has_further=HAS_FURTHER[op.get_context().dialect.name]))


def downgrade() -> None:
    op.drop_index('ix_user_task_in_order_further', 'user_task')
    op.drop_column('user_task', 'has_further_candidates')
    op.drop_index('ix_webhook_delivery_delivered', 'webhook_delivery')
