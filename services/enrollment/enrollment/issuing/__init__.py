"""Issuing: the people of a paid order become policies in force, chunk by chunk; nobody is lost, none covered twice."""
