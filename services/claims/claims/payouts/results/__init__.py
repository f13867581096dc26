"""What the bank answers: each payout paid or failed, once."""
