"""whether a row of the older register is a copy of another is found without reading them all."""

from alembic import op

revision = 'a41d7c0e92b6'
down_revision = 'e7b3a90c4d18'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index('ix_legacy_offer_checksum', 'legacy_offer', ['source', 'kvk', 'checksum'])


def downgrade() -> None:
    op.drop_index('ix_legacy_offer_checksum', 'legacy_offer')
