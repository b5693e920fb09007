"""What the search of the catalogue is told of an offer; door: `indexing`."""
