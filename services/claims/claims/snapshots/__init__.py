"""Facts of claims said again, so that other services can rebuild their copies while everything runs."""
