"""Messages: composed from the pack's templates, read by their recipients."""
