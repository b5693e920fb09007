"""stamps that tell of changes of the search index: until then answers come from memory."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = 'b5d0e93a71f4'
down_revision = 'f3a86b5d10c7'
branch_labels = None
depends_on = None

STAMPED = {
    'search_entry': ('INSERT', 'UPDATE', 'DELETE'),
    'provider': ('UPDATE OF status, kvk, search_name',),
}


def upgrade() -> None:
    stamps = op.create_table(
        'search_stamp',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('number', sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_search_stamp')),
    )
    op.bulk_insert(stamps, [{'number': secrets.randbits(62)}])
    is_postgresql = op.get_bind().dialect.name == 'postgresql'
    if is_postgresql:
        op.execute(
            """CREATE OR REPLACE FUNCTION search_stamped() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN INSERT INTO search_stamp (number)
            VALUES (hashtextextended(CAST(gen_random_uuid() AS text), 0)); RETURN NULL; END $$"""
        )
    for table, changes in STAMPED.items():
        if is_postgresql:
            op.execute(
                f"""CREATE TRIGGER search_stamp_{table} AFTER {' OR '.join(changes)} ON {table}
                FOR EACH STATEMENT EXECUTE FUNCTION search_stamped()"""
            )
            continue
        for what in changes:
            op.execute(
                f"""CREATE TRIGGER search_stamp_{table}_{what.split()[0].lower()} AFTER {what}
                ON {table} BEGIN INSERT INTO search_stamp (id, number) VALUES (1, random())
                ON CONFLICT (id) DO UPDATE SET number = excluded.number; END"""
            )


def downgrade() -> None:
    is_postgresql = op.get_bind().dialect.name == 'postgresql'
    for table, changes in STAMPED.items():
        if is_postgresql:
            op.execute(f'DROP TRIGGER search_stamp_{table} ON {table}')
            continue
        for what in changes:
            op.execute(f'DROP TRIGGER search_stamp_{table}_{what.split()[0].lower()}')
    if is_postgresql:
        op.execute('DROP FUNCTION search_stamped()')
    op.drop_table('search_stamp')
