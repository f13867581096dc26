"""A bank for local runs: answers a batch file as the union's bank would."""
