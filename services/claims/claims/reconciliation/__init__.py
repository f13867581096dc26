"""Reconciliation (对账): each line of the bank's statement beside what the books say, the rest explained or open."""
