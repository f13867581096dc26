"""What each event tells whom."""
