"""My activities: that a person takes part in a campaign, and how far they are."""
