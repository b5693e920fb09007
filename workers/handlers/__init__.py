"""The service tasks. Importing this package registers every topic."""

from workers.handlers import mail, migration, publication, trade_register

__all__ = ["mail", "migration", "publication", "trade_register"]
