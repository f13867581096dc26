"""Orders found by a search, taken together: summed up, reported, passed, returned (rows D.05, D.13)."""
