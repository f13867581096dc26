"""Tenants, their packs and the organisation tree."""
