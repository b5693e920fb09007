"""The registration of a company: its user tasks, status, confirmation, company page."""
