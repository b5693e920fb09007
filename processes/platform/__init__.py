"""Running the product: settings, logs, tracing, heartbeats, and checks for production.

Door: `settings`.
"""
