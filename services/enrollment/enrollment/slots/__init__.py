"""Slots: one row per person and product says how far cover runs and which order in progress holds the person."""
