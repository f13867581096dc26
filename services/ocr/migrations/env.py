"""Alembic environment of the ocr service."""

from common.db.alembic_env import run

run("ocr")
