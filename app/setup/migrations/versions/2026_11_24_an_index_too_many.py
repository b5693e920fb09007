"""the older register's index on source and company is the first part of another one."""

from alembic import op

revision = '5b0e94ac7f31'
down_revision = 'c93e5b17d2a8'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # For a day a41d7c0e92b6 dropped it itself: databases made on that day do not have it.
    op.drop_index('ix_legacy_offer_source_kvk', 'legacy_offer', if_exists=True)


def downgrade() -> None:
    op.create_index('ix_legacy_offer_source_kvk', 'legacy_offer', ['source', 'kvk'])
