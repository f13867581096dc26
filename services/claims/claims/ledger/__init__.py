"""The ledger (账): double entry, one per fund of a tenant, entries never change."""
