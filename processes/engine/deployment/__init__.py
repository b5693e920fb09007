"""Deploying process definitions: versions, drafts, reviews, diffs, timer start events.

Doors: `definitions` (deploy, look up), `drafts` (save, deploy a draft), `reviews` (four eyes),
`diff` (what changed between two versions).
"""
