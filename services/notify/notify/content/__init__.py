"""Content: announcements, help, introductions, articles and news, from draft to withdrawal, in revisions."""
