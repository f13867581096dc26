"""Which unions have something to send now."""
