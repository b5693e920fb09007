"""an event may wait for several messages or signals."""

from uuid import UUID

import sqlalchemy as sa
from alembic import op

revision = 'b7c2f4d81a93'
down_revision = 'c3a70d5f8e16'
branch_labels = None
depends_on = None

OLD = 'uq_message_subscription_instance_id_token_id_element_id'
NEW = 'uq_message_subscription_awaited'


def upgrade() -> None:
    with op.batch_alter_table('message_subscription', schema=None) as batch_op:
        batch_op.drop_constraint(OLD, type_='unique')
        batch_op.create_unique_constraint(
            NEW, ['instance_id', 'token_id', 'element_id', 'kind', 'name']
        )


def downgrade() -> None:
    """Raises RuntimeError while an event waits for several, which the release before cannot hold."""
    place = 'instance_id, token_id, element_id'
    several = sa.text(
        f'SELECT DISTINCT instance_id FROM message_subscription GROUP BY {place} HAVING count(*) > 1'  # noqa: S608
    )
    instances = [str(UUID(str(each))) for each in op.get_bind().scalars(several)]
    if instances:
        message = (
            'these instances wait for several messages or signals at one event, which the release '
            f'before cannot hold; let them go on or stop them first: {", ".join(instances)}'
        )
        raise RuntimeError(message)
    with op.batch_alter_table('message_subscription', schema=None) as batch_op:
        batch_op.drop_constraint(NEW, type_='unique')
        batch_op.create_unique_constraint(OLD, ['instance_id', 'token_id', 'element_id'])
