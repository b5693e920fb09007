"""The schema of what may be drawn: a verdict for every element and attribute of a diagram."""
