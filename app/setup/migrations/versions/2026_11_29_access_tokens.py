"""access tokens and signing keys of openings, and when each was last used."""

import sqlalchemy as sa
from alembic import op

from processes.base import UtcDateTime

revision = 'd93b7c51e0a4'
down_revision = '4c81f0a95d37'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'access_token',
        sa.Column('hash', sa.String(), nullable=False),
        sa.Column('opening_id', sa.Uuid(), nullable=False),
        sa.Column('expires_at', UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(['opening_id'], ['opening.id']),
        sa.PrimaryKeyConstraint('hash'),
    )
    op.create_index('ix_access_token_opening_id', 'access_token', ['opening_id'])
    op.create_index('ix_access_token_expires_at', 'access_token', ['expires_at'])
    op.add_column('opening', sa.Column('signing_key', sa.String(), nullable=True))
    op.add_column('opening', sa.Column('previous_signing_key', sa.String(), nullable=True))
    op.add_column('opening', sa.Column('last_used_at', UtcDateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column('opening', 'last_used_at')
    op.drop_column('opening', 'previous_signing_key')
    op.drop_column('opening', 'signing_key')
    op.drop_index('ix_access_token_expires_at', 'access_token')
    op.drop_index('ix_access_token_opening_id', 'access_token')
    op.drop_table('access_token')
