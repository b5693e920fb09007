"""Database sessions of the command line: they know the topics and delegates of Loket.

Whatever moves a case needs those: a delegate that is not registered fails, and a job of a topic
that is not registered waits for a worker outside.
"""

from sqlalchemy.orm import Session

from workers import enqueue
from workers.vocabulary import vocabulary


def open_session() -> Session:
    """A new session; its commit wakes the workers."""
    vocabulary()
    return enqueue.open_session()
