"""Outgoing webhooks: their subscriptions, the jobs that send them, the log of deliveries."""
