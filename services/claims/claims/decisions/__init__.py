"""Decisions: what a claim is worth under the caps, and what an approval sets going."""
