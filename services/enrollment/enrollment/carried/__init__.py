"""Running cover of a system that came before, carried over by the union's staff (row P.10)."""
