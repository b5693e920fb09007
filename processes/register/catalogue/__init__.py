"""The public catalogue: what it finds (`catalogue`), its addresses, the labels of its facets."""
