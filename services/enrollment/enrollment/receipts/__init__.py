"""Receipts 收据 for money received (rows A.05, D.13): numbered without gaps, printable, once per subject."""
