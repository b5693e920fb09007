"""open tasks of a group in the order of its list."""

import sqlalchemy as sa
from alembic import op

revision = 'f1c84d20b7e9'
down_revision = 'e41b7d90c2a6'
branch_labels = None
depends_on = None

OPEN = sa.text("status = 'open'")
PUT_OFF = sa.text("status = 'open' AND follow_up_at IS NOT NULL")
IN_ORDER = """CREATE INDEX ix_user_task_in_order ON user_task
    (candidate_group, due_at, priority DESC, opened_at, id) WHERE status = 'open'"""


def upgrade() -> None:
    op.execute(IN_ORDER)
    op.create_index(
        'ix_user_task_put_off',
        'user_task',
        ['candidate_group'],
        sqlite_where=PUT_OFF,
        postgresql_where=PUT_OFF,
    )
    op.drop_index('ix_user_task_group_open', 'user_task')


def downgrade() -> None:
    op.create_index(
        'ix_user_task_group_open',
        'user_task',
        ['candidate_group', 'due_at'],
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.drop_index('ix_user_task_put_off', 'user_task')
    op.drop_index('ix_user_task_in_order', 'user_task')
