"""an incident knows the token whose step failed, so that its success resolves it."""

import sqlalchemy as sa
from alembic import op

revision = '6d0b4e19a2f7'
down_revision = '3f8d21c6e7b4'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('incident', sa.Column('token_id', sa.Uuid(), nullable=True))


def downgrade() -> None:
    op.drop_column('incident', 'token_id')
