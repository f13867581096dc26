"""Numbers without gaps: one row per series and tenant, locked until the transaction that takes the number ends."""
