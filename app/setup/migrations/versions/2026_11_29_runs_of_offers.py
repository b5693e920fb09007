"""an offer has runs; the begin date that it had becomes the first, also in its earlier versions."""

import sqlalchemy as sa
from alembic import op

revision = '8d27b6f4e0c3'
down_revision = 'c9d2e4a71b36'
branch_labels = None
depends_on = None

EMPTY = {
    'start': None,
    'start_time': None,
    'end': None,
    'end_time': None,
    'place': '',
    'online': False,
    'price': None,
    'vat_excluded': False,
    'places_free': None,
    'language': None,
}
OFFER = sa.table(
    'offer',
    *(sa.column(name, kind) for name, kind in (('id', sa.Uuid()), ('start_date', sa.Date()))),
    *(sa.column(name, sa.JSON()) for name in ('runs', 'legacy_fields')),
    sa.column('touched', sa.String()),
)
VERSION = sa.table('offer_version', sa.column('id', sa.Uuid()), sa.column('fields', sa.JSON()))
BATCH = 1000


def upgrade() -> None:
    op.add_column('offer', sa.Column('runs', sa.JSON(), nullable=False, server_default='[]'))
    change(OFFER, with_runs)
    change(VERSION, lambda row: {'fields': runs_in(row.fields)})


def downgrade() -> None:
    change(OFFER, without_runs)
    change(VERSION, lambda row: {'fields': begin_in(row.fields)})
    op.drop_column('offer', 'runs')


def change(table, changed) -> None:
    """Update each row whose columns become others, batch by batch in the order of the key."""
    connection, last = op.get_bind(), None
    while True:
        query = sa.select(table).order_by(table.c.id).limit(BATCH)
        rows = connection.execute(query if last is None else query.where(table.c.id > last)).all()
        for row in rows:
            new = {name: value for name, value in changed(row).items() if value != getattr(row, name)}
            if new:
                connection.execute(sa.update(table).where(table.c.id == row.id).values(**new))
        if len(rows) < BATCH:
            return
        last = rows[-1].id


def with_runs(row) -> dict:
    begin = row.start_date.isoformat() if row.start_date else None
    touched = (row.touched or '').replace(',start_date,', ',runs,')
    return {'runs': runs(begin), 'legacy_fields': runs_in(row.legacy_fields), 'touched': touched}


def without_runs(row) -> dict:
    touched = (row.touched or '').replace(',runs,', ',start_date,')
    return {'legacy_fields': begin_in(row.legacy_fields), 'touched': touched}


def runs(begin) -> list:
    return [EMPTY | {'start': begin}] if begin else []


def runs_in(fields):
    """What is kept of an offer as JSON, with runs in place of the begin date."""
    if not fields or 'start_date' not in fields:
        return fields
    return {key: value for key, value in fields.items() if key != 'start_date'} | {
        'runs': runs(fields['start_date'])
    }


def begin_in(fields):
    if not fields or 'runs' not in fields:
        return fields
    days = sorted(run['start'] for run in fields['runs'] if run['start'])
    return {key: value for key, value in fields.items() if key != 'runs'} | {
        'start_date': days[0] if days else None
    }
