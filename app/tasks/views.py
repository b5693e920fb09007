"""Registers the routes of the registration by importing their modules."""

from app.tasks import company, confirmation, onboarding, status, task_page
from app.tasks.blueprint import bp

__all__ = ["bp", "company", "confirmation", "onboarding", "status", "task_page"]
