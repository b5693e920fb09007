"""Diagrams on pages: files to download, what stands at each element, the mapping of a migration."""
