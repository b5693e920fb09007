"""drafts of processes."""

import sqlalchemy as sa
from alembic import op

revision = '6d1f0a9be2c4'
down_revision = '026d1131055c'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('process_draft',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('xml', sa.Text(), nullable=False),
    sa.Column('findings', sa.JSON(), nullable=False),
    sa.Column('saved_by', sa.String(), nullable=False),
    sa.Column('based_on', sa.Uuid(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('saved_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['based_on'], ['process_definition.id'], name=op.f('fk_process_draft_based_on_process_definition')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_process_draft'))
    )


def downgrade() -> None:
    op.drop_table('process_draft')
