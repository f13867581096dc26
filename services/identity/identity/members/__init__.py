"""Persons of the register (会员) and their app accounts."""
