"""What every service stands on; knows no business word except in contracts."""
