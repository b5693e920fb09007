"""Forms about an offer: editing it, its runs, reporting it."""
