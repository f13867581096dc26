"""Who and what the audit logs of all services speak of, for whoever may read them."""
