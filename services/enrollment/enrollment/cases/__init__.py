"""Claims of covered people as the claims service tells them: one that is undecided holds a refund back."""
