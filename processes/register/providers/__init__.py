"""The providers of the register: people, numbers, suspension; door: `providers`."""
