"""who may do what with which process, beside the roles."""

import sqlalchemy as sa
from alembic import op

from processes.base import UtcDateTime

revision = '7a2c5d90e1b6'
down_revision = 'a6d2f9b31c70'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'process_permission',
        sa.Column('process_key', sa.String(), nullable=False),
        sa.Column('right', sa.Enum('see', 'edit', 'approve', 'deploy', 'operate', name='right', native_enum=False, length=40), nullable=False),
        sa.Column('person', sa.String(), nullable=False),
        sa.Column('name', sa.String(), nullable=False),
        sa.Column('granted_by', sa.String(), nullable=False),
        sa.Column('granted_at', UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint('process_key', 'right', 'person'),
    )


def downgrade() -> None:
    op.drop_table('process_permission')
