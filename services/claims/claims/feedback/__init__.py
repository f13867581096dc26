"""Feedback after the payout (回访): how satisfied the member is."""
