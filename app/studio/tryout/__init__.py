"""Trying out a draft or version: runs, scenarios, replay."""
