"""Cases about a provider: claims, leaving, suspension, transfers and merges of KvK numbers."""
