"""Editing texts without a deployment: mails, help, quality requirements."""
