"""a case that was erased before its names went too keeps no names either."""

import sqlalchemy as sa
from alembic import op

revision = 'e41b7c05d9a2'
down_revision = '9b3e57d1c046'
branch_labels = None
depends_on = None

NAMES = (
    ('process_instance', 'id', 'started_by'),
    ('activity_instance', 'instance_id', 'actor'),
    ('user_task', 'instance_id', 'assignee_name'),
    ('user_task', 'instance_id', 'completed_by'),
    ('incident', 'instance_id', 'resolved_by'),
    ('instance_snapshot', 'instance_id', 'taken_by'),
    ('instance_snapshot', 'instance_id', 'undone_by'),
)
SOMEBODY = 'iemand'
MACHINES = ('', 'loket', 'worker', 'timer', 'message')


def upgrade() -> None:
    case = sa.table(
        'process_instance',
        sa.column('id'),
        sa.column('status', sa.String()),
        sa.column('state', sa.LargeBinary()),
    )
    # Erasing leaves no state; nothing else does that to a case that ended.
    erased = sa.select(case.c.id).where(
        case.c.status.in_(('completed', 'cancelled')), sa.func.length(case.c.state) == 0
    )
    for name, key, column in NAMES:
        rows = sa.table(name, sa.column(key), sa.column(column, sa.String()))
        named = rows.c[column].not_in((SOMEBODY, *MACHINES))
        nameless = sa.update(rows).where(rows.c[key].in_(erased), named)
        op.execute(nameless.values({column: SOMEBODY}))


def downgrade() -> None:
    """The names are gone."""
