"""Campaigns: what is given, when, and to whom it is offered."""
