"""The operator's pages under /beheer, metrics, and health endpoints."""
