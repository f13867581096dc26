"""Applications and online payments told again, so that the register knows whose data must stay."""
