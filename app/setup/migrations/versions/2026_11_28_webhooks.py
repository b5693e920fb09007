"""outgoing webhooks: addresses, subscriptions, deliveries."""

import sqlalchemy as sa
from alembic import op

from processes.base import UtcDateTime

revision = 'a6d2f9b31c70'
down_revision = '7a90d3e5c1b8'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'webhook_address',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('name', sa.String(), nullable=False),
        sa.Column('url', sa.String(), nullable=False),
        sa.Column('secret', sa.Text(), nullable=False),
        sa.Column('previous_secret', sa.Text(), nullable=True),
        sa.Column('enabled', sa.Boolean(), nullable=False),
        sa.Column('disabled_because', sa.String(), nullable=True),
        sa.Column('created_by', sa.String(), nullable=False),
        sa.Column('created_at', UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint('id'),
        sa.UniqueConstraint('name'),
    )
    op.create_table(
        'webhook_subscription',
        sa.Column('address_id', sa.Uuid(), nullable=False),
        sa.Column('event_type', sa.String(), nullable=False),
        sa.ForeignKeyConstraint(['address_id'], ['webhook_address.id']),
        sa.PrimaryKeyConstraint('address_id', 'event_type'),
    )
    op.create_table(
        'webhook_delivery',
        sa.Column(
            'number', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False
        ),
        sa.Column('event_id', sa.Uuid(), nullable=False),
        sa.Column('address_id', sa.Uuid(), nullable=False),
        sa.Column('event_type', sa.String(), nullable=False),
        sa.Column('subject', sa.String(), nullable=False),
        sa.Column('data', sa.JSON(), nullable=False),
        sa.Column('at', UtcDateTime(), nullable=False),
        sa.Column('job_id', sa.Uuid(), nullable=True),
        sa.Column('status', sa.Integer(), nullable=True),
        sa.Column('answer', sa.String(), nullable=True),
        sa.Column('answered_at', UtcDateTime(), nullable=True),
        sa.Column('delivered_at', UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(['address_id'], ['webhook_address.id']),
        sa.ForeignKeyConstraint(['job_id'], ['job.id']),
        sa.PrimaryKeyConstraint('number'),
        sa.UniqueConstraint('event_id', 'address_id'),
    )
    op.create_index(
        'ix_webhook_delivery_subject', 'webhook_delivery', ['address_id', 'subject', 'number']
    )
    op.create_index('ix_webhook_delivery_job', 'webhook_delivery', ['job_id'])
    op.create_index('ix_webhook_delivery_at', 'webhook_delivery', ['at'])
    op.create_index(
        'ix_webhook_delivery_waiting',
        'webhook_delivery',
        ['number'],
        sqlite_where=sa.text('job_id IS NULL'),
        postgresql_where=sa.text('job_id IS NULL'),
    )


def downgrade() -> None:
    op.drop_table('webhook_delivery')
    op.drop_table('webhook_subscription')
    op.drop_table('webhook_address')
