"""The stock of a campaign: codes, each given at most once."""
