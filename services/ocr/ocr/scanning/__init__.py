"""The search for malware in what is handed in: a port, clamd behind it, and stand-ins."""
