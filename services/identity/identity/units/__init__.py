"""Units (单位): registration, profile, review."""
