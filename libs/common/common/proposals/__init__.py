"""Maker and checker: a command proposed by one person and run, as stored, when another consents."""
