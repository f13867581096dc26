"""The bank account of each fund: the pack's, until two people named another (P.03)."""
