"""people who have signed in, delegation during absence, and notices that were sent."""

import sqlalchemy as sa
from alembic import op

revision = 'd8f16b2e40c9'
down_revision = 'b7c2f4d81a93'
branch_labels = None
depends_on = None


def upgrade() -> None:
    choices = sa.Enum(
        'direct', 'daily', 'none', name='noticechoice', native_enum=False, length=40
    )
    op.create_table(
        'known_person',
        sa.Column('reference', sa.String(), nullable=False),
        sa.Column('name', sa.String(), nullable=False),
        sa.Column('groups', sa.String(), nullable=False),
        sa.Column('tenant', sa.String(), nullable=True),
        sa.Column('email', sa.String(), nullable=True),
        sa.Column('notices', choices, nullable=False),
        sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('reference', name=op.f('pk_known_person')),
    )
    op.create_index('ix_known_person_tenant', 'known_person', ['tenant'])
    op.create_table(
        'delegation',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('from_person', sa.String(), nullable=False),
        sa.Column('to_person', sa.String(), nullable=False),
        sa.Column('process_key', sa.String(), nullable=True),
        sa.Column('from_date', sa.Date(), nullable=False),
        sa.Column('until_date', sa.Date(), nullable=False),
        sa.Column('reason', sa.String(), nullable=False),
        sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_delegation')),
    )
    op.create_index('ix_delegation_to', 'delegation', ['to_person', 'until_date'])
    op.create_table(
        'notice',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('person', sa.String(), nullable=False),
        sa.Column('kind', sa.String(), nullable=False),
        sa.Column('on_day', sa.Date(), nullable=False),
        sa.Column('task_id', sa.Uuid(), nullable=True),
        sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_notice')),
        sa.UniqueConstraint(
            'person', 'kind', 'on_day', 'task_id', name=op.f('uq_notice_person_kind_on_day_task_id')
        ),
    )


def downgrade() -> None:
    op.drop_table('notice')
    op.drop_index('ix_delegation_to', 'delegation')
    op.drop_table('delegation')
    op.drop_index('ix_known_person_tenant', 'known_person')
    op.drop_table('known_person')
