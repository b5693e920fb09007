"""Insight into a process: statistics, instances, the process as text."""
