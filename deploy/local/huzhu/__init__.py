"""The platform on one machine: parts, supervisor, command line, demo."""
