"""The sandbox: what local runs would have sent."""
