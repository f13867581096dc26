"""The union's staff: accounts and sign-in."""
