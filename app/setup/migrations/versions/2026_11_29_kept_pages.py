"""pages that answer forms, for Back and reload."""

import sqlalchemy as sa
from alembic import op

from processes.base import UtcDateTime

revision = 'a7c2e94d15f8'
down_revision = 'f74a0d23b6e8'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'kept_page',
        sa.Column('id', sa.String(), nullable=False),
        sa.Column('owner', sa.String(), nullable=False),
        sa.Column('status', sa.Integer(), nullable=False),
        sa.Column('page', sa.LargeBinary(), nullable=False),
        sa.Column('kept_at', UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_kept_page')),
    )
    with op.batch_alter_table('kept_page', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_kept_page_owner'), ['owner'], unique=False)
        batch_op.create_index(batch_op.f('ix_kept_page_kept_at'), ['kept_at'], unique=False)


def downgrade() -> None:
    op.drop_table('kept_page')
