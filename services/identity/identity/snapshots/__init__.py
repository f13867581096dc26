"""Facts sent again, so that other services can rebuild their copies."""
