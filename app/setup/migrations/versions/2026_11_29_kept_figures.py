"""kept figures, and indexes for the counts and lists of cases and jobs."""

import sqlalchemy as sa
from alembic import op

revision = 'b41c7d92e6f0'
down_revision = 'e41d9a70c5b2'
branch_labels = None
depends_on = None

PARTIAL = (
    ('ix_process_instance_live', 'process_instance', ['definition_id', 'status'], "status IN ('active', 'suspended')"),
    ('ix_process_instance_cancelled', 'process_instance', ['definition_id'], "status = 'cancelled'"),
    ('ix_process_instance_completed', 'process_instance', ['ended_at', 'definition_id'], "status = 'completed'"),
    ('ix_job_set_aside', 'job', ['topic', 'status'], "status IN ('failed', 'cancelled')"),
    ('ix_job_done', 'job', ['done_at', 'topic'], "status = 'done'"),
)


def upgrade() -> None:
    op.create_table(
        'kept_figure',
        sa.Column('name', sa.String(), nullable=False),
        sa.Column('as_of', sa.DateTime(timezone=True), nullable=False),
        sa.Column('value', sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint('name', name=op.f('pk_kept_figure')),
    )
    for name, table, columns, where in PARTIAL:
        op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
    op.create_index('ix_process_instance_started', 'process_instance', ['started_at', 'id'])
    op.create_index('ix_job_created', 'job', ['created_at', 'id'])
    op.drop_index('ix_user_task_open', 'user_task')


def downgrade() -> None:
    op.create_index('ix_user_task_open', 'user_task', ['instance_id'], postgresql_where=sa.text("status = 'open'"))
    op.drop_index('ix_job_created', 'job')
    op.drop_index('ix_process_instance_started', 'process_instance')
    for name, table, _columns, _where in PARTIAL:
        op.drop_index(name, table)
    op.drop_table('kept_figure')
