"""What notify knows of recipients: copies fed by events."""
