"""figures of running cases."""

import sqlalchemy as sa
from alembic import op

revision = 'a7e30c95d814'
down_revision = 'f1c84d20b7e9'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'running_figures',
        sa.Column('definition_id', sa.Uuid(), nullable=False),
        sa.Column('span', sa.String(), nullable=False),
        sa.Column('first_day', sa.Date(), nullable=False),
        sa.Column('value', sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(['definition_id'], ['process_definition.id'], name=op.f('fk_running_figures_definition_id_process_definition')),
        sa.PrimaryKeyConstraint('definition_id', 'span', 'first_day', name=op.f('pk_running_figures')),
    )
    op.create_table(
        'running_case',
        sa.Column('instance_id', sa.Uuid(), nullable=False),
        sa.Column('definition_id', sa.Uuid(), nullable=False),
        sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('row_version', sa.Integer(), nullable=False),
        sa.Column('value', sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(['definition_id'], ['process_definition.id'], name=op.f('fk_running_case_definition_id_process_definition')),
        sa.ForeignKeyConstraint(['instance_id'], ['process_instance.id'], name=op.f('fk_running_case_instance_id_process_instance')),
        sa.PrimaryKeyConstraint('instance_id', name=op.f('pk_running_case')),
    )
    op.create_index('ix_running_case_begun', 'running_case', ['definition_id', 'started_at'])


def downgrade() -> None:
    op.drop_table('running_case')
    op.drop_table('running_figures')
