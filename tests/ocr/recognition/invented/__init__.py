"""Invented papers of many kinds, labels, layouts and fonts, and what a phone makes of them: to measure robustness."""
