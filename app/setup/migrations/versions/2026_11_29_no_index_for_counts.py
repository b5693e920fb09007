"""search counts what it reads anyway: without this index SQLite does so three times as fast."""

from alembic import op

revision = '9e42b7d01c6a'
down_revision = 'a7c2e94d15f8'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index('ix_search_entry_counts', 'search_entry')


def downgrade() -> None:
    op.create_index('ix_search_entry_counts', 'search_entry', ['last_day', 'provider_id', 'facets'])
