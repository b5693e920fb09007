"""files with offers that providers send: the dry run, and what became of each row."""

import sqlalchemy as sa
from alembic import op

revision = 'e6a30b9f7d18'
down_revision = 'e3a90c7d5f18'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'offer_import',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('provider_id', sa.Uuid(), nullable=False),
        sa.Column('by', sa.String(), nullable=False),
        sa.Column('branch', sa.String(), nullable=True),
        sa.Column('name', sa.String(), nullable=False),
        sa.Column('content', sa.LargeBinary(), nullable=True),
        sa.Column('ignored', sa.JSON(), nullable=False),
        sa.Column('problem', sa.Text(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('read_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('applied_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['provider_id'], ['provider.id'], name=op.f('fk_offer_import_provider_id_provider')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_offer_import')),
    )
    op.create_index('ix_offer_import_provider', 'offer_import', ['provider_id', 'created_at'])
    op.create_table(
        'offer_import_row',
        sa.Column('import_id', sa.Uuid(), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('offer_id', sa.Uuid(), nullable=True),
        sa.Column('title', sa.String(), nullable=False),
        sa.Column('verdict', sa.Enum('nieuw', 'gewijzigd', 'ongewijzigd', 'onbekend', 'fout', name='verdict', native_enum=False, length=40), nullable=False),
        sa.Column('changes', sa.JSON(), nullable=False),
        sa.Column('based_on', sa.Integer(), nullable=False),
        sa.Column('errors', sa.JSON(), nullable=False),
        sa.Column('is_done', sa.Boolean(), nullable=True),
        sa.Column('remark', sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(['import_id'], ['offer_import.id'], name=op.f('fk_offer_import_row_import_id_offer_import')),
        sa.PrimaryKeyConstraint('import_id', 'number', name=op.f('pk_offer_import_row')),
    )


def downgrade() -> None:
    op.drop_table('offer_import_row')
    op.drop_table('offer_import')
