"""Keys replaced while everything runs: tenant keys wrapped anew, and all values of a service moved under new ones."""
