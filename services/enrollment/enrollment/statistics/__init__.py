"""Counts of participation, contributions and person-times (row N.08), kept in the transactions that make them true."""
