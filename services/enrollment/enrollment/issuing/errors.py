"""What makes a chunk of policies be rolled back whole; no user sees these, the worker tries again."""


class Overtaken(Exception):
    """An order doesn't stand where a chunk that was issued ahead begins: it is issued again from where it stands."""


class FactsUnsaid(RuntimeError):
    """A statement issued policies of which it didn't say everything."""
