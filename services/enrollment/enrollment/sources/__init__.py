"""People brought onto an order from what is known already: the register, last term's cover, the order itself."""
