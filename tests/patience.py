"""How long a test waits before it takes what it waits for as hanging; no limit on speed.

Machines are busy and slow: whoever waits for a product to start waits as long as that takes.
"""

from typing import Any

from sqlalchemy import Dialect, Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection

SECONDS = 600.0
MILLISECONDS = 90_000  # of Playwright, for each thing that a page must show


def wait_for_locks(engine: Engine) -> Engine:
    """Let its connections wait for whoever holds a lock; the product waits 5 or 15 seconds.

    A race asks who wins. On a busy machine the winner may hold its locks for longer than that, and
    the loser would be told to try again.
    """

    def connected(connection: DBAPIConnection, _entry: object) -> None:
        cursor = connection.cursor()
        cursor.execute(f"SET lock_timeout = '{SECONDS:.0f}s'")
        cursor.close()
        connection.commit()

    def connects(_dialect: Dialect, _entry: object, _given: object, named: dict[str, Any]) -> None:
        named["timeout"] = SECONDS  # in the line of the threads of this process (OneWriter)

    engine.dispose()  # connections from before have the product's patience
    if engine.dialect.name == "postgresql":
        event.listen(engine, "connect", connected)
    else:
        event.listen(engine, "do_connect", connects)
    return engine
