"""Rules for decisions: tables, their coverage, and models with what they require."""
