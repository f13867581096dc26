"""Event contracts: what services tell each other, one module per producer. The only place with business words here."""
