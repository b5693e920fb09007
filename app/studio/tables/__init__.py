"""Decision tables: versions, drafts, deployment."""
