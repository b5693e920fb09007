"""stamps tell which entry of the search index changed: of many hits that one is read again."""

import sqlalchemy as sa
from alembic import op

revision = 'c7d21f40be95'
down_revision = 'b5d0e93a71f4'
branch_labels = None
depends_on = None

OF_ENTRIES = ('INSERT', 'UPDATE', 'DELETE')
OF_PROVIDERS = 'UPDATE OF status, kvk, search_name'
NAME = 'search_stamp_search_entry'


def upgrade() -> None:
    op.add_column('search_stamp', sa.Column('entry', sa.Integer(), nullable=True))
    if op.get_bind().dialect.name == 'postgresql':
        op.execute(f'DROP TRIGGER {NAME} ON search_entry')
        number = 'hashtextextended(CAST(gen_random_uuid() AS text), 0) / 4096'
        op.execute(
            f"""CREATE OR REPLACE FUNCTION search_stamped() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN INSERT INTO search_stamp (number) VALUES ({number}); RETURN NULL; END $$"""
        )
        op.execute(
            f"""CREATE OR REPLACE FUNCTION search_entry_stamped() RETURNS trigger
            LANGUAGE plpgsql AS $$ BEGIN INSERT INTO search_stamp (number, entry)
            VALUES ({number}, coalesce(new.number, old.number)); RETURN NULL; END $$"""
        )
        op.execute(
            f"""CREATE TRIGGER {NAME} AFTER {' OR '.join(OF_ENTRIES)}
            ON search_entry FOR EACH ROW EXECUTE FUNCTION search_entry_stamped()"""
        )
        return
    # SQLite adds numbers up in 64 bits, and the one that is there may have them all.
    op.execute('DELETE FROM search_stamp')
    op.execute('INSERT INTO search_stamp (number) VALUES (random() / 4096)')
    for what in OF_ENTRIES:
        name, row = f'{NAME}_{what.lower()}', 'old' if what == 'DELETE' else 'new'
        op.execute(f'DROP TRIGGER {name}')
        op.execute(
            f"""CREATE TRIGGER {name} AFTER {what}
            ON search_entry BEGIN INSERT INTO search_stamp (number, entry)
            VALUES (random() / 4096, {row}.number); END"""
        )
    op.execute('DROP TRIGGER search_stamp_provider_update')
    op.execute(
        f"""CREATE TRIGGER search_stamp_provider_update AFTER {OF_PROVIDERS} ON provider
        BEGIN INSERT INTO search_stamp (number) VALUES (random() / 4096); END"""
    )


def downgrade() -> None:
    number = 'hashtextextended(CAST(gen_random_uuid() AS text), 0)'
    if op.get_bind().dialect.name == 'postgresql':
        op.execute(f'DROP TRIGGER {NAME} ON search_entry')
        op.execute('DROP FUNCTION search_entry_stamped()')
        op.execute(
            f"""CREATE OR REPLACE FUNCTION search_stamped() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN INSERT INTO search_stamp (number) VALUES ({number}); RETURN NULL; END $$"""
        )
        op.execute(
            f"""CREATE TRIGGER {NAME} AFTER {' OR '.join(OF_ENTRIES)} ON search_entry
            FOR EACH STATEMENT EXECUTE FUNCTION search_stamped()"""
        )
        op.drop_column('search_stamp', 'entry')
        return
    # With the row that there was one of; the index is asked anew.
    op.execute('DELETE FROM search_stamp')
    op.execute('INSERT INTO search_stamp (id, number) VALUES (1, random())')
    of_entries = {f'{NAME}_{what.lower()}': f'{what} ON search_entry' for what in OF_ENTRIES}
    others = {'search_stamp_provider_update': f'{OF_PROVIDERS} ON provider'}
    for name, what in (of_entries | others).items():
        op.execute(f'DROP TRIGGER {name}')
        op.execute(
            f"""CREATE TRIGGER {name} AFTER {what} BEGIN
            INSERT INTO search_stamp (id, number) VALUES (1, random())
            ON CONFLICT (id) DO UPDATE SET number = excluded.number; END"""
        )
    op.drop_column('search_stamp', 'entry')
