"""The older register: its files, their columns, cleaning, staging, migration and newer data."""
