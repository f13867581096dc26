"""Templates of the pack: looked at, previewed with sample values, and how they changed."""
