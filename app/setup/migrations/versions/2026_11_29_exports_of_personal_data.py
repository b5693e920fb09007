"""exports of everything about a provider or a person."""

import sqlalchemy as sa
from alembic import op

revision = 'c41d7a90e3b5'
down_revision = 'c5e81f7a3b96'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'data_export',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('kind', sa.Enum('provider', 'person', name='exportkind', native_enum=False, length=40), nullable=False),
        sa.Column('subject', sa.String(), nullable=False),
        sa.Column('asked_by', sa.String(), nullable=False),
        sa.Column('asked_by_name', sa.String(), nullable=False),
        sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('content', sa.LargeBinary(), nullable=True),
        sa.Column('size', sa.Integer(), nullable=True),
        sa.Column('made_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('id'),
    )
    op.create_index('ix_data_export_asked_by', 'data_export', ['asked_by', 'asked_at'])
    op.create_index('ix_data_export_expires_at', 'data_export', ['expires_at'])


def downgrade() -> None:
    op.drop_index('ix_data_export_expires_at', table_name='data_export')
    op.drop_index('ix_data_export_asked_by', table_name='data_export')
    op.drop_table('data_export')
