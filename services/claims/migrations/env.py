"""Alembic environment of the claims service."""

from common.db.alembic_env import run

run("claims")
