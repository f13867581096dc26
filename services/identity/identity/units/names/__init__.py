"""Names of synchronised data that match no unit or differ from the register, for the back office to link (row C.14)."""
