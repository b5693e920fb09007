"""one index of cases by version in place of two: the other began with the same column."""

from alembic import op

revision = '6c1f0a9d27b4'
down_revision = 'd27c5e90b8a4'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index('ix_process_instance_definition_id', 'process_instance')


def downgrade() -> None:
    op.create_index('ix_process_instance_definition_id', 'process_instance', ['definition_id'])
