"""Public pages: home, statements, contact."""
