"""Reports about an offer, and hiding it (R73)."""
