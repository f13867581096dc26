"""Renewal 续保 (row C.08): the monthly list, the message at noon, the roster to be edited."""
