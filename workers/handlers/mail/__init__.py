"""The service tasks that send mail: `letters` composes it, `sending` sends it."""

from workers.handlers.mail import (
    offer_mail,
    reminders,
    repeats,
    search_mail,
    security_mail,
    sending,
    task_mail,
    webhook_mail,
)

__all__ = [
    "offer_mail",
    "reminders",
    "repeats",
    "search_mail",
    "security_mail",
    "sending",
    "task_mail",
    "webhook_mail",
]
