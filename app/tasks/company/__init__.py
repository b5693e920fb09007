"""Pages by which a company registers, is claimed, changes its number or leaves."""
