"""Processes of the claims service that are killed with -9 at each step from approval to the bank's answer."""
