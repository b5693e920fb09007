"""Teachers and their portfolios: what they followed, and the hours of it (R34-R38, A4)."""
