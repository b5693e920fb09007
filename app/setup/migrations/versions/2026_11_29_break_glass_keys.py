"""passkeys of break-glass accounts."""

import sqlalchemy as sa
from alembic import op

from processes.base import UtcDateTime

revision = 'd9c04f7b3e62'
down_revision = 'b6d2e94a7c15'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'break_glass_key',
        sa.Column('id', sa.String(), nullable=False),
        sa.Column('account', sa.String(), nullable=False),
        sa.Column('label', sa.String(), nullable=False),
        sa.Column('credential', sa.String(), nullable=False),
        sa.Column('counter', sa.Integer(), nullable=False),
        sa.Column('made_at', UtcDateTime(), nullable=False),
        sa.Column('used_at', UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_break_glass_key')),
    )
    op.create_index('ix_break_glass_key_account', 'break_glass_key', ['account'])


def downgrade() -> None:
    op.drop_index('ix_break_glass_key_account', 'break_glass_key')
    op.drop_table('break_glass_key')
