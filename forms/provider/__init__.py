"""Forms of a company: the quality requirements, declaring them anew, its people."""
