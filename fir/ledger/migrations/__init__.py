"""Schema changes, in order; each named for what it brings."""
