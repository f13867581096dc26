"""Backup and restore of one home, and the check of what came back."""
