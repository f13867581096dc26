"""Run a service's migrations from Python."""

from pathlib import Path

from alembic import command
from alembic.config import Config


def config_for(directory: Path, url: str) -> Config:
    """Return the Alembic configuration of a service's migrations folder."""
    config = Config()
    config.set_main_option("script_location", str(directory))
    config.attributes["url"] = url
    return config


def upgrade(directory: Path, url: str, revision: str = "head") -> None:
    """Bring a database to `revision` as its owner; does nothing when it is there, or beyond what this version knows."""
    config = config_for(directory, url)
    config.attributes["forward"] = True
    command.upgrade(config, revision)


def downgrade(directory: Path, url: str, revision: str) -> None:
    """Take a database back to `revision`."""
    command.downgrade(config_for(directory, url), revision)
