"""Sending: a queue with leases, channels behind a port."""
