"""Rules for events: their kinds, timers, errors, compensation."""
