"""marks of entries that code writes which keeps no counts: the counts are made anew by a worker."""

import sqlalchemy as sa
from alembic import op

revision = 'e41b7d90c2a6'
down_revision = 'd9c04f7b3e62'
branch_labels = None
depends_on = None

MARK = """INSERT INTO search_change (first_day, number, facets, months, provider_id, subject)
    VALUES ('0001-01-01', 0, 0, 0, '00000000000000000000000000000000', '')"""
TRIGGERS = {
    'search_uncounted_insert': ('INSERT', 'new.counted = 0'),
    'search_uncounted_update': (
        'UPDATE OF facets, months, provider_id, subject, last_day, valid_until',
        'new.counted = old.counted',
    ),
    'search_uncounted_delete': ('DELETE', 'old.counted <> -1'),
}


def upgrade() -> None:
    op.add_column(
        'search_entry', sa.Column('counted', sa.Integer(), server_default='0', nullable=False)
    )
    is_postgresql = op.get_bind().dialect.name == 'postgresql'
    if is_postgresql:
        op.execute(
            'CREATE OR REPLACE FUNCTION search_uncounted() RETURNS trigger LANGUAGE plpgsql AS $$'
            f' BEGIN {MARK}; RETURN NULL; END $$'
        )
    for name, (what, condition) in TRIGGERS.items():
        begun = f'CREATE TRIGGER {name} AFTER {what} ON search_entry'
        if is_postgresql:
            op.execute(
                f'{begun} FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION search_uncounted()'
            )
        else:
            op.execute(f'{begun} WHEN {condition} BEGIN {MARK}; END')
    op.execute(MARK)  # of all entries that are there


def downgrade() -> None:
    is_postgresql = op.get_bind().dialect.name == 'postgresql'
    for name in TRIGGERS:
        op.execute(f'DROP TRIGGER {name}{" ON search_entry" if is_postgresql else ""}')
    if is_postgresql:
        op.execute('DROP FUNCTION search_uncounted()')
    op.drop_column('search_entry', 'counted')
