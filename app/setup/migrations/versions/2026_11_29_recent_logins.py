"""when somebody logged in at their provider, and the provider's own session."""

import sqlalchemy as sa
from alembic import op

from processes.base import UtcDateTime

revision = 'b6d2e94a7c15'
down_revision = 'b81e5d27c4a6'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('web_session', sa.Column('authenticated_at', UtcDateTime(), nullable=True))
    op.add_column('web_session', sa.Column('provider_session', sa.String(), nullable=True))
    op.add_column('web_session', sa.Column('provider_subject', sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column('web_session', 'provider_subject')
    op.drop_column('web_session', 'provider_session')
    op.drop_column('web_session', 'authenticated_at')
