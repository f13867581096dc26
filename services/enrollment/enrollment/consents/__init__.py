"""Consents of the agency 代办处 to cover people who are over age, with papers of postponed retirement (row D.06)."""
