"""kept counts of the catalogue: what each entry of the search index changes, for a worker to fold."""

import sqlalchemy as sa
from alembic import op

revision = 'd2b97e4f10c8'
down_revision = 'f3a71c5e9d28'
branch_labels = None
depends_on = None

ALWAYS, NEVER = '0001-01-01', '9999-12-31'
CLOSED = "status != 'actief'"
NEXT_DAY = {'sqlite': "date({}, '+1 day')", 'postgresql': '({} + 1)'}
LAST = """coalesce((SELECT s.{0} FROM search_state s WHERE s.number = e.number
    AND s.first_day <= e.last_day ORDER BY s.first_day DESC LIMIT 1), e.{0})"""
CHANGE = 'INSERT INTO search_change (first_day, number, facets, months, provider_id, subject)'
STATES = f"""SELECT e.last_day, e.provider_id, e.subject, s.first_day, s.facets, s.months,
    coalesce(lag(s.facets) OVER w, e.facets) AS old_facets,
    coalesce(lag(s.months) OVER w, e.months) AS old_months
    FROM search_state s JOIN search_entry e ON e.number = s.number
    WHERE e.last_day != '{ALWAYS}' WINDOW w AS (PARTITION BY s.number ORDER BY s.first_day)"""


def fill(dialect: str) -> list[str]:
    """The statements that write the changes of all entries."""
    day_after = NEXT_DAY[dialect].format('e.last_day')
    always = f"CAST('{ALWAYS}' AS DATE)" if dialect == 'postgresql' else f"'{ALWAYS}'"
    return [
        f"""{CHANGE} SELECT {always}, 1, e.facets, e.months, e.provider_id, e.subject
        FROM search_entry e WHERE e.last_day != '{ALWAYS}'""",
        f"""{CHANGE} SELECT first_day, 1, facets, months, provider_id, subject
        FROM ({STATES}) AS came WHERE first_day <= last_day""",
        f"""{CHANGE} SELECT first_day, -1, old_facets, old_months, provider_id, subject
        FROM ({STATES}) AS went WHERE first_day <= last_day""",
        f"""{CHANGE} SELECT {day_after}, -1, {LAST.format('facets')}, {LAST.format('months')},
        e.provider_id, e.subject
        FROM search_entry e WHERE e.last_day NOT IN ('{ALWAYS}', '{NEVER}')""",
    ]


def upgrade() -> None:
    op.create_table(
        'search_change',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('first_day', sa.Date(), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('facets', sa.BigInteger(), nullable=False),
        sa.Column('months', sa.BigInteger(), nullable=False),
        sa.Column('provider_id', sa.Uuid(), nullable=False),
        sa.Column('subject', sa.String(), nullable=False),
        sa.PrimaryKeyConstraint('id', name='pk_search_change'),
    )
    op.create_index('ix_search_change_first_day', 'search_change', ['first_day'])
    op.create_table(
        'search_count',
        sa.Column('chosen', sa.BigInteger(), nullable=False),
        sa.Column('kind', sa.String(), nullable=False),
        sa.Column(
            'value',
            sa.String().with_variant(sa.String(collation='C'), 'postgresql'),
            nullable=False,
        ),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('chosen', 'kind', 'value', name='pk_search_count'),
    )
    op.execute(
        'CREATE INDEX ix_search_count_most ON search_count (chosen, kind, number DESC, value)'
    )
    op.create_index('ix_provider_name', 'provider', ['search_name', 'kvk'])
    op.create_index(
        'ix_provider_closed',
        'provider',
        ['id'],
        sqlite_where=sa.text(CLOSED),
        postgresql_where=sa.text(CLOSED),
    )
    op.create_index(
        'ix_webhook_delivery_undelivered',
        'webhook_delivery',
        ['address_id', 'job_id'],
        sqlite_where=sa.text('delivered_at IS NULL'),
        postgresql_where=sa.text('delivered_at IS NULL'),
    )
    for statement in fill(op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    op.drop_index('ix_webhook_delivery_undelivered', 'webhook_delivery')
    op.drop_index('ix_provider_closed', 'provider')
    op.drop_index('ix_provider_name', 'provider')
    op.drop_table('search_count')
    op.drop_table('search_change')
