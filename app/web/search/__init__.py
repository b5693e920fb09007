"""The one search page of the catalogue and of portfolios."""
