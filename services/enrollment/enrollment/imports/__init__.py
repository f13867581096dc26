"""Roster files 花名册: upload, check in processes of their own, place or keep for a second person, progress."""
