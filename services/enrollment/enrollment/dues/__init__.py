"""Membership dues 会费 (row A.05): flat or by salary band as the pack says, paid online, with a receipt."""
