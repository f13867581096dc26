"""Who may join a campaign: a rule as data, judged on the local copies."""
