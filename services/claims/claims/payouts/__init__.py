"""Payouts (给付): waiting, in a batch for the bank, released by a second person, paid or failed once."""
