"""The register over the API: the public catalogue, and what providers manage."""
