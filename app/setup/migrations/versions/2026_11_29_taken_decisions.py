"""the decisions that cases took, and how often each rule of a table was hit."""

import sqlalchemy as sa
from alembic import op

revision = 'e3a90c7d5f18'
down_revision = '91c3e7a4b5d2'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'taken_decision',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('instance_id', sa.Uuid(), nullable=False),
        sa.Column('element_id', sa.String(), nullable=False),
        sa.Column('key', sa.String(), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('taken_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('place', sa.Integer(), nullable=False),
        sa.Column('inputs', sa.JSON(), nullable=False),
        sa.Column('hits', sa.JSON(), nullable=False),
        sa.Column('outputs', sa.JSON(), nullable=False),
        sa.Column('is_counted', sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(['instance_id'], ['process_instance.id']),
        sa.PrimaryKeyConstraint('id'),
    )
    op.create_index('ix_taken_decision_instance', 'taken_decision', ['instance_id'])
    op.create_index(
        'ix_taken_decision_uncounted',
        'taken_decision',
        ['key', 'version'],
        postgresql_where=sa.text('not is_counted'),
        sqlite_where=sa.text('not is_counted'),
    )
    op.create_table(
        'rule_hits',
        sa.Column('key', sa.String(), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('rule', sa.Integer(), nullable=False),
        sa.Column('count', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('key', 'version', 'rule'),
    )


def downgrade() -> None:
    op.drop_table('rule_hits')
    op.drop_index('ix_taken_decision_uncounted', 'taken_decision')
    op.drop_index('ix_taken_decision_instance', 'taken_decision')
    op.drop_table('taken_decision')
