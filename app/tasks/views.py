"""The pages of the registration: beginning, its user tasks, the confirmation, the company."""

from app.tasks import company, confirmation, onboarding, status, task_page
from app.tasks.blueprint import bp

__all__ = ["bp", "company", "confirmation", "onboarding", "status", "task_page"]
