"""campaigns in which providers declare anew."""

import sqlalchemy as sa
from alembic import op

from processes.base import UtcDateTime

revision = '7b20e5d94fa1'
down_revision = 'e63f9c12a5d7'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'declaration_campaign',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('set_id', sa.Uuid(), nullable=False),
        sa.Column('until', sa.Date(), nullable=False),
        sa.Column('asked', sa.Integer(), nullable=False),
        sa.Column('begun_by', sa.String(), nullable=False),
        sa.Column('begun_at', UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ['set_id'], ['requirement_set.id'], name=op.f('fk_declaration_campaign_set_id_requirement_set')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_declaration_campaign')),
    )


def downgrade() -> None:
    op.drop_table('declaration_campaign')
