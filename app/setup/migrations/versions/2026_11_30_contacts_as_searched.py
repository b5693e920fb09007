"""what staff searches of a contact person is kept with the row, without accents, and in an index."""

import sqlalchemy as sa
from alembic import op

from processes.register.search_words import folded

revision = 'a4f7c3190de2'
down_revision = '6c1f0a9d27b4'
branch_labels = None
depends_on = None

PROVIDER = sa.table(
    'provider',
    sa.column('id', sa.Uuid()),
    *(sa.column(name, sa.String()) for name in ('contact_name', 'contact_email', 'search_contact')),
)
SEARCHED = ['search_name', 'kvk', 'search_contact', 'reference']
BATCH = 1000


def upgrade() -> None:
    op.add_column('provider', sa.Column('search_contact', sa.String(), nullable=False, server_default=''))
    fill_contacts()
    op.create_index('ix_provider_search', 'provider', SEARCHED)
    op.drop_index('ix_provider_name', 'provider')


def downgrade() -> None:
    op.create_index('ix_provider_name', 'provider', ['search_name', 'kvk'])
    op.drop_index('ix_provider_search', 'provider')
    op.drop_column('provider', 'search_contact')


def fill_contacts() -> None:
    """Batch by batch in the order of the key."""
    connection, last = op.get_bind(), None
    while True:
        query = sa.select(PROVIDER).order_by(PROVIDER.c.id).limit(BATCH)
        rows = connection.execute(query if last is None else query.where(PROVIDER.c.id > last)).all()
        for row in rows:
            contact = folded(f'{row.contact_name} {row.contact_email}')
            one = sa.update(PROVIDER).where(PROVIDER.c.id == row.id)
            connection.execute(one.values(search_contact=contact))
        if len(rows) < BATCH:
            return
        last = rows[-1].id
