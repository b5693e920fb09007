"""How long a test waits before it takes what it waits for as hanging; no limit on speed.

Machines are busy and slow: whoever waits for a product to start waits as long as that takes.
"""

from sqlalchemy import Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection

SECONDS = 600.0
MILLISECONDS = 90_000  # of Playwright, for each thing that a page must show


def wait_for_locks(engine: Engine) -> Engine:
    """Let its connections to PostgreSQL wait for whoever holds a lock; the product waits 5 seconds.

    A race asks who wins. On a busy machine the winner may hold its locks for longer than that, and
    the loser would be told to try again.
    """

    def connected(connection: DBAPIConnection, _entry: object) -> None:
        cursor = connection.cursor()
        cursor.execute(f"SET lock_timeout = '{SECONDS:.0f}s'")
        cursor.close()
        connection.commit()

    if engine.dialect.name == "postgresql":
        engine.dispose()  # connections from before have the product's patience
        event.listen(engine, "connect", connected)
    return engine
