"""Batches (批次): prepared by a person or the schedule, confirmed, released by another, or given up."""
