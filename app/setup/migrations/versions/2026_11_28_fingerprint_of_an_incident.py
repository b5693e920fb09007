"""a start that succeeds finds the incident that the same start left before."""

from alembic import op

revision = '9c41d7a06be3'
down_revision = 'b41f7c0e9d52'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index('ix_incident_fingerprint', 'incident', ['fingerprint'])


def downgrade() -> None:
    op.drop_index('ix_incident_fingerprint', table_name='incident')
