"""Processes that people begin themselves: what they may begin, the start form, the receipt."""
