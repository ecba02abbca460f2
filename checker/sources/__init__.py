"""Everything that yields facts: one file a kind of evidence, each with a `read`."""
