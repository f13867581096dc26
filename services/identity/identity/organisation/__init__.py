"""The organisation tree in the hands of the union's staff: branches added, renamed, moved, closed."""
