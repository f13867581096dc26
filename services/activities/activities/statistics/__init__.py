"""Statistics: counters by campaign, day and unit, kept by events and never by scans."""
