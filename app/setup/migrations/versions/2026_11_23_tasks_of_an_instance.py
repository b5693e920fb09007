"""the closed tasks of an instance, too, are found without reading all there are."""

from alembic import op

revision = 'e7b3a90c4d18'
down_revision = 'f2b8d61c07ae'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index('ix_user_task_instance', 'user_task', ['instance_id'])


def downgrade() -> None:
    op.drop_index('ix_user_task_instance', 'user_task')
