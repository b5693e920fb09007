"""the newest cases of a process, for the list of the API, without sorting all of them."""

from alembic import op

revision = '2d7f40b9c6e3'
down_revision = 'b41c7d92e6f0'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        'ix_process_instance_key_started',
        'process_instance',
        ['process_key', 'started_at', 'id'],
        unique=False,
    )


def downgrade() -> None:
    op.drop_index('ix_process_instance_key_started', table_name='process_instance')
