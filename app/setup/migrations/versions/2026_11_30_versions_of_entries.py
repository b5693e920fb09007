"""Entries of the search index by the version of what wrote them."""

from alembic import op

revision = '9b3e57d1c046'
down_revision = 'c7d21f40be95'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index('ix_search_entry_version', 'search_entry', ['version'])


def downgrade() -> None:
    op.drop_index('ix_search_entry_version', 'search_entry')
