"""Random walks over random diagrams: generator, the two engines, and a token game as oracle."""
