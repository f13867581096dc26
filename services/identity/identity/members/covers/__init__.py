"""A member's policies, claims and payouts as the other services last told them (row D.09)."""
