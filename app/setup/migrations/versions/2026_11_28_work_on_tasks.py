"""user tasks have a company, further candidates, an assignee, a follow-up date and a priority."""

import sqlalchemy as sa
from alembic import op

revision = 'c3a70d5f8e16'
down_revision = 'c7e2d90b51a4'
branch_labels = None
depends_on = None

COLUMNS = (
    ('tenant', sa.String()),
    ('label', sa.String()),
    ('follow_up_at', sa.DateTime(timezone=True)),
    ('assignee', sa.String()),
    ('assignee_name', sa.String()),
    ('claimed_at', sa.DateTime(timezone=True)),
    ('completed_by_user', sa.String()),
)


def upgrade() -> None:
    op.add_column('process_instance', sa.Column('initiator', sa.String(), nullable=True))
    op.add_column('buffered_message', sa.Column('tenant', sa.String(), nullable=True))
    for name, kind in COLUMNS:
        op.add_column('user_task', sa.Column(name, kind, nullable=True))
    op.add_column(
        'user_task', sa.Column('priority', sa.Integer(), nullable=False, server_default='50')
    )
    op.execute(
        'UPDATE user_task SET tenant = (SELECT process_instance.tenant FROM process_instance'
        ' WHERE process_instance.id = user_task.instance_id)'
    )
    op.create_table(
        'user_task_group',
        sa.Column('task_id', sa.Uuid(), nullable=False),
        sa.Column('group', sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ['task_id'], ['user_task.id'], name=op.f('fk_user_task_group_task_id_user_task')
        ),
        sa.PrimaryKeyConstraint('task_id', 'group', name=op.f('pk_user_task_group')),
    )
    op.create_index('ix_user_task_group_group', 'user_task_group', ['group'])
    op.create_index('ix_user_task_tenant', 'user_task', ['tenant', 'status', 'due_at'])
    _partial('ix_user_task_group_open', 'user_task', ['candidate_group', 'due_at'], "status = 'open'")
    _partial('ix_user_task_assignee', 'user_task', ['assignee'], 'assignee IS NOT NULL')
    _partial(
        'ix_user_task_completed_by_user',
        'user_task',
        ['completed_by_user', 'completed_at'],
        'completed_by_user IS NOT NULL',
    )
    _partial(
        'ix_process_instance_initiator',
        'process_instance',
        ['initiator', 'started_at'],
        'initiator IS NOT NULL',
    )


def _partial(name: str, table: str, columns: list[str], condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    op.drop_index('ix_process_instance_initiator', 'process_instance')
    for name in ('completed_by_user', 'assignee', 'group_open', 'tenant'):
        op.drop_index(f'ix_user_task_{name}', 'user_task')
    op.drop_table('user_task_group')
    for name in ('priority', *(name for name, _kind in COLUMNS)):
        op.drop_column('user_task', name)
    op.drop_column('buffered_message', 'tenant')
    op.drop_column('process_instance', 'initiator')
