"""the trace that a job belongs to, for OpenTelemetry."""

import sqlalchemy as sa
from alembic import op

revision = 'f2b8d61c07ae'
down_revision = 'e5a7d20c94b1'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('job', sa.Column('traceparent', sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column('job', 'traceparent')
