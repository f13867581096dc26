"""Demo accounts of a local run: staff, units with their handlers, members."""
