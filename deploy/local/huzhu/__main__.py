"""`python -m huzhu`, which is what the supervisor starts."""

from huzhu.cli import app

app()
