"""Records 参保记录 (rows C.06, D.12, B.10, E.05): search, export, what ends in a month, a member's own cover."""
