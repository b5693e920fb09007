"""Reading what people and their programs write: one reader for each kind of value."""
