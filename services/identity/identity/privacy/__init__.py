"""Personal data on request: export, erasure, retention by rule (row N.07)."""
