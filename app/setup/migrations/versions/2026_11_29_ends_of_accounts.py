"""when a teacher last logged in, and when an account of a session ends."""

import sqlalchemy as sa
from alembic import op

revision = 'e94c0b7d21f6'
down_revision = 'c6e15a9d0b74'
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.add_column('web_session', sa.Column('account_ends_at', moment))
    op.add_column('teacher', sa.Column('last_login_at', moment))
    op.execute('UPDATE teacher SET last_login_at = CURRENT_TIMESTAMP')  # their term begins now


def downgrade() -> None:
    op.drop_column('teacher', 'last_login_at')
    op.drop_column('web_session', 'account_ends_at')
