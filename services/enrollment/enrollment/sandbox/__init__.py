"""The sandbox's payment page: local runs only."""
