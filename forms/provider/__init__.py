"""Forms of a company: registration, claims, requirements, declaring them anew, its people."""
