"""activities in the order of their hours and prices."""

from alembic import op

revision = 'b8e3f05c71d4'
down_revision = 'c47d1f9a2e60'
branch_labels = None
depends_on = None

INDEXES = {'ix_search_entry_hours': 'hours', 'ix_search_entry_price': 'price'}


def upgrade() -> None:
    for name, amount in INDEXES.items():
        op.create_index(name, 'search_entry', [amount, 'sort_title', 'number'])


def downgrade() -> None:
    for name in INDEXES:
        op.drop_index(name, 'search_entry')
