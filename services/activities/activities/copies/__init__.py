"""Local copies of what others own: persons, units, policies. Rules on who may join are judged on them."""
