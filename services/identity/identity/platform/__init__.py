"""Operators of the platform."""
