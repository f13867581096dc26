"""Requests about members: change of name or number, transfer between units, with approval (row D.08)."""
