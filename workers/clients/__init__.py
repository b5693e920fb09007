"""Clients of other systems: mail server, bounces, trade register, older register."""
