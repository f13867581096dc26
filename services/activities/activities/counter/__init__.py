"""The counter: passes that members show, scans by staff on and off line, double collections found."""
