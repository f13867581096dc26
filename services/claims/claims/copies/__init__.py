"""Local copies of what other services say: policies, persons, units, documents."""
