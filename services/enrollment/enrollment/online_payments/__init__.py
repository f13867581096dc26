"""Money that members pay online (rows A.04, A.05): started, told by the provider, asked for, given back."""
