"""Deploying a draft: gate, review, impact on running instances, migration."""
