"""Metrics, health endpoints and tracing, for whoever watches the product."""
