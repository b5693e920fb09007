"""Pages for the staff of the register."""
