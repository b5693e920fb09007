"""The service tasks. Importing this package registers every topic."""

from workers.handlers import (
    instances,
    mail,
    migration,
    process_migration,
    publication,
    task_mail,
    trade_register,
    webhooks,
)

__all__ = [
    "instances",
    "mail",
    "migration",
    "process_migration",
    "publication",
    "task_mail",
    "trade_register",
    "webhooks",
]
