"""figures of ended cases per version and day, and an index to find who was stopped since."""

import sqlalchemy as sa
from alembic import op

revision = 'd3f58a17c0b2'
down_revision = 'a85b1e34c7f9'
branch_labels = None
depends_on = None

CANCELLED = "status = 'cancelled'"


def upgrade() -> None:
    op.create_table(
        'case_figures',
        sa.Column('definition_id', sa.Uuid(), nullable=False),
        sa.Column('span', sa.Enum('all', 'month', 'day', name='span', native_enum=False, length=40), nullable=False),
        sa.Column('first_day', sa.Date(), nullable=False),
        sa.Column('value', sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(['definition_id'], ['process_definition.id'], name=op.f('fk_case_figures_definition_id_process_definition')),
        sa.PrimaryKeyConstraint('definition_id', 'span', 'first_day', name=op.f('pk_case_figures')),
    )
    _index('ended_at', 'definition_id')


def downgrade() -> None:
    _index('definition_id')
    op.drop_table('case_figures')


def _index(*columns: str) -> None:
    name, where = 'ix_process_instance_cancelled', sa.text(CANCELLED)
    op.drop_index(name, table_name='process_instance')
    op.create_index(name, 'process_instance', [*columns], sqlite_where=where, postgresql_where=where)
