"""Rules for the flow: where it begins, splits, joins, goes round and ends."""
