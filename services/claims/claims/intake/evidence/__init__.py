"""What live claims use up, and which claims may share it."""
