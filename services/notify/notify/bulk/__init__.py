"""Bulk messages (row P.03): proposed by one person, consented to by another, told once to each of an audience."""
