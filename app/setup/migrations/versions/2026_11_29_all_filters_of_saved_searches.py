"""saved searches keep every filter of the catalogue."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = 'a93e0c5d71b8'
down_revision = 'f48b1c6e20d7'
branch_labels = None
depends_on = None

COLUMNS = {'kinds': 'soort', 'sectors': 'sector', 'areas': 'gebied'}
TABLE = sa.table(
    'saved_search',
    sa.column('id', sa.Uuid()),
    sa.column('text', sa.String()),
    sa.column('words', sa.JSON()),
    *(sa.column(name, sa.String()) for name in COLUMNS),
)


def upgrade() -> None:
    op.add_column(
        'saved_search', sa.Column('words', sa.JSON(), nullable=False, server_default='{}')
    )
    for row in op.get_bind().execute(sa.select(TABLE)).mappings().all():
        _update(row, words=_words(row))
    with op.batch_alter_table('saved_search') as table:
        table.alter_column('words', server_default=None)
        for name in ('text', *COLUMNS):
            table.drop_column(name)


def downgrade() -> None:
    with op.batch_alter_table('saved_search') as table:
        table.add_column(sa.Column('text', sa.String(), nullable=False, server_default=''))
        for name in COLUMNS:
            table.add_column(sa.Column(name, sa.String(), nullable=False, server_default=','))
    for row in op.get_bind().execute(sa.select(TABLE)).mappings().all():
        words = row['words']
        sets = {
            name: ',' + ''.join(f'{value},' for value in words.get(parameter, ()))
            for name, parameter in COLUMNS.items()
        }
        _update(row, text=''.join(words.get('zoek', ())), **sets)
    with op.batch_alter_table('saved_search') as table:
        table.drop_column('words')
        for name in ('text', *COLUMNS):
            table.alter_column(name, server_default=None)


def _words(row: Any) -> dict[str, list[str]]:
    """The parameters of the catalogue, as the columns of before hold them."""
    sets = {
        parameter: [value for value in row[name].split(',') if value]
        for name, parameter in COLUMNS.items()
    }
    return {name: values for name, values in {'zoek': [row['text']], **sets}.items() if any(values)}


def _update(row: Any, **values: Any) -> None:
    op.get_bind().execute(sa.update(TABLE).where(TABLE.c.id == row['id']).values(**values))
