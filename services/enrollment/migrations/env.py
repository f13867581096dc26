"""Alembic environment of enrollment."""

from common.db.alembic_env import run

run("enrollment")
