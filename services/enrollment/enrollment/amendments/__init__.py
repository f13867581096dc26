"""Mid-term amendments of a group's cover 中途增减: an order of its own kind with the same review and payment (P.01)."""
