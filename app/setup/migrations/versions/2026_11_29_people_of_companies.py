"""people of companies: names, rights, invitations."""

import sqlalchemy as sa
from alembic import op

from processes.base import UtcDateTime

revision = 'c7d05a8e1f36'
down_revision = '7b0e3d95c1f8'
branch_labels = None
depends_on = None

RIGHT = sa.Enum('lezer', 'bewerker', 'beheerder', name='right', native_enum=False, length=40)


def upgrade() -> None:
    op.add_column('provider_user', sa.Column('name', sa.String(), nullable=True))
    op.add_column(
        'provider_user',
        sa.Column('access_right', RIGHT, nullable=False, server_default='bewerker'),
    )
    op.add_column('provider_user', sa.Column('branch', sa.String(), nullable=True))
    op.add_column(
        'provider_user', sa.Column('ended_at', UtcDateTime(), nullable=True)
    )
    op.add_column(
        'web_session',
        sa.Column('access_right', RIGHT, nullable=False, server_default='lezer'),
    )
    # Until now everybody with a mandate could do everything (R4): nobody loses that.
    op.execute("UPDATE provider_user SET access_right = 'beheerder'")
    op.execute("UPDATE web_session SET access_right = 'beheerder' WHERE kvk IS NOT NULL")
    op.add_column(
        'opening', sa.Column('only_reads', sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.create_table(
        'provider_invitation',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('kvk', sa.String(), nullable=False),
        sa.Column('email', sa.String(), nullable=False),
        sa.Column('access_right', RIGHT, nullable=False),
        sa.Column('invited_by', sa.String(), nullable=False),
        sa.Column('invited_at', UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_provider_invitation')),
    )
    op.create_index('ix_provider_invitation_kvk', 'provider_invitation', ['kvk'])


def downgrade() -> None:
    op.drop_table('provider_invitation')
    op.drop_column('opening', 'only_reads')
    op.drop_column('web_session', 'access_right')
    for name in ('ended_at', 'branch', 'access_right', 'name'):
        op.drop_column('provider_user', name)
