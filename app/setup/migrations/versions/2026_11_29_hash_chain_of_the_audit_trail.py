"""hash chain of the audit trail, and its checkpoints; `loket db upgrade` seals what is there."""

import sqlalchemy as sa
from alembic import op

revision = 'c5e81f7a3b96'
down_revision = 'a93e0c5d71b8'
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table(
        'audit_seal',
        sa.Column('number', NUMBER, autoincrement=False, nullable=False),
        sa.Column('event_id', sa.Uuid(), nullable=False),
        sa.Column('action', sa.String(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('salt', sa.LargeBinary(), nullable=True),
        sa.Column('commitment', sa.LargeBinary(), nullable=False),
        sa.Column('previous', sa.LargeBinary(), nullable=False),
        sa.Column('digest', sa.LargeBinary(), nullable=False),
        sa.Column('sealed_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('erased_by', sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint('number', name=op.f('pk_audit_seal')),
        sa.UniqueConstraint('event_id', name=op.f('uq_audit_seal_event_id')),
    )
    op.create_table(
        'audit_checkpoint',
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('number', sa.BigInteger(), nullable=False),
        sa.Column('digest', sa.LargeBinary(), nullable=False),
        sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('key_id', sa.String(), nullable=False),
        sa.Column('signature', sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint('day', name=op.f('pk_audit_checkpoint')),
    )


def downgrade() -> None:
    op.drop_table('audit_checkpoint')
    op.drop_table('audit_seal')
