"""Verification codes sent to mobiles."""
