"""The demonstration: supervisor, broker, mail sink, login simulator. Door: `begin`."""
