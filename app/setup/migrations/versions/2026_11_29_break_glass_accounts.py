"""break-glass accounts: a password and a code for when no login provider answers."""

import sqlalchemy as sa
from alembic import op

revision = 'e63f9c12a5d7'
down_revision = 'c7d05a8e1f36'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'break_glass_account',
        sa.Column('name', sa.String(), nullable=False),
        sa.Column('password_hash', sa.String(), nullable=False),
        sa.Column('totp_key', sa.String(), nullable=False),
        sa.Column('roles', sa.String(), nullable=False),
        sa.Column('made_by', sa.String(), nullable=False),
        sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('last_step', sa.Integer(), nullable=False),
        sa.Column('wrong', sa.Integer(), nullable=False),
        sa.Column('wrong_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('name'),
    )


def downgrade() -> None:
    op.drop_table('break_glass_account')
