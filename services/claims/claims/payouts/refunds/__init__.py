"""Refunds (退费) owed to units and members: paid in batches of their own, like claims."""
