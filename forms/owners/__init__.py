"""Forms of process owners: deploying, editing texts, trying a diagram out."""
