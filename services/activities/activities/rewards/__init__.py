"""Rewards: a code given to a person, and handed out at the counter."""
