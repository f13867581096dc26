"""Erasing what a person handed in."""
