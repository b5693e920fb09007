"""The service tasks. Importing this package registers every topic."""

from workers.handlers import mail, migration, process_migration, publication, trade_register

__all__ = ["mail", "migration", "process_migration", "publication", "trade_register"]
