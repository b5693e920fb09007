"""whose turn it is to be tried again is found without reading the whole run."""

from alembic import op

revision = 'c93e5b17d2a8'
down_revision = 'a41d7c0e92b6'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index('ix_retry_item_turn', 'retry_item', ['run_id', 'outcome', 'position'])


def downgrade() -> None:
    op.drop_index('ix_retry_item_turn', 'retry_item')
