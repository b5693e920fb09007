"""on PostgreSQL the full-text index takes keys in batches: a publication writes them to its list."""

from alembic import op

revision = 'f3a86b5d10c7'
down_revision = 'e81b54d0c7a9'
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == 'postgresql':
        op.execute('ALTER INDEX ix_search_entry_keys SET (fastupdate=on, gin_pending_list_limit=256)')


def downgrade() -> None:
    if op.get_bind().dialect.name != 'postgresql':
        return
    op.execute('ALTER INDEX ix_search_entry_keys SET (fastupdate=off)')
    op.execute('ALTER INDEX ix_search_entry_keys RESET (gin_pending_list_limit)')
    op.execute("SELECT gin_clean_pending_list('ix_search_entry_keys')")
