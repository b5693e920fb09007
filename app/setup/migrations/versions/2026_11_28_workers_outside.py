"""workers outside: topics of an opening, what their jobs tell, when a topic was last fetched."""

import sqlalchemy as sa
from alembic import op

revision = 'd5c27b913f80'
down_revision = 'c4e81a07d2f9'
branch_labels = None
depends_on = None

UNFINISHED = "status IN ('new', 'leased')"


def upgrade() -> None:
    op.add_column('opening', sa.Column('topics', sa.JSON(), nullable=False, server_default='[]'))
    op.add_column('job', sa.Column('priority', sa.Integer(), nullable=False, server_default='0'))
    op.add_column('job', sa.Column('outside', sa.JSON(), nullable=True))
    op.drop_index('ix_job_due', 'job')
    where = sa.text(UNFINISHED)
    op.create_index(
        'ix_job_topic_due', 'job', ['topic', 'due_at'], sqlite_where=where, postgresql_where=where
    )
    op.create_table(
        'topic_fetch',
        sa.Column('topic', sa.String(), nullable=False),
        sa.Column('worker', sa.String(), nullable=False),
        sa.Column('opening', sa.String(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('topic', name=op.f('pk_topic_fetch')),
    )


def downgrade() -> None:
    op.drop_table('topic_fetch')
    op.drop_index('ix_job_topic_due', 'job')
    where = sa.text(UNFINISHED)
    op.create_index('ix_job_due', 'job', ['due_at'], sqlite_where=where, postgresql_where=where)
    op.drop_column('job', 'outside')
    op.drop_column('job', 'priority')
    op.drop_column('opening', 'topics')
