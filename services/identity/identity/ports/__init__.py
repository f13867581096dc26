"""What identity asks others: face verification, the bank's four-factor check, WeChat; each with a sandbox."""
