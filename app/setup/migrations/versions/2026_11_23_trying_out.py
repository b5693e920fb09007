"""try-outs of diagrams, and the scenarios that are kept."""

import sqlalchemy as sa
from alembic import op

revision = 'e5a7d20c94b1'
down_revision = 'd4c8e1b7a052'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('scenario',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('process_key', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('yaml', sa.Text(), nullable=False),
    sa.Column('by', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('from_file', sa.Boolean(), nullable=False),
    sa.Column('is_dropped', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_scenario')),
    sa.UniqueConstraint('process_key', 'name', name=op.f('uq_scenario_process_key_name'))
    )
    op.create_table('tryout',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('subject_id', sa.Uuid(), nullable=False),
    sa.Column('by', sa.String(), nullable=False),
    sa.Column('xml', sa.Text(), nullable=False),
    sa.Column('actions', sa.JSON(), nullable=False),
    sa.Column('saved_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tryout'))
    )
    with op.batch_alter_table('tryout', schema=None) as batch_op:
        batch_op.create_index('ix_tryout_by_subject', ['by', 'subject_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_tryout_saved_at'), ['saved_at'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('tryout', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_tryout_saved_at'))
        batch_op.drop_index('ix_tryout_by_subject')

    op.drop_table('tryout')
    op.drop_table('scenario')
