"""Admission 入会 one by one: entered, reported, confirmed (manual 003; rows D.02, D.03, D.06)."""
