"""Settings of the claims service; environment variables begin with CLAIMS_."""

from datetime import timedelta

from pydantic_settings import SettingsConfigDict

from common.settings import CommonSettings


class ClaimsSettings(CommonSettings):
    """What the claims service reads beside the common settings."""

    model_config = SettingsConfigDict(env_prefix="CLAIMS_", extra="ignore", populate_by_name=True)

    feed_max_bytes: int = 200_000_000
    """Largest settlement file, in bytes."""
    result_max_bytes: int = 20_000_000
    """Largest result file of a bank, in bytes."""
    feed_every: timedelta = timedelta(seconds=2)
    """How often the worker looks for settlement files to read and lines to decide."""
    feed_drop_every: timedelta = timedelta(seconds=30)
    """How often it looks into the watched prefix of the object store."""
    deadlines_every: timedelta = timedelta(hours=1)
    """How often it looks for claims whose day of payment is near or over."""
    deadline_near_days: int = 7
    """So many days before the day of payment a claim is near it."""
    tasks_every: timedelta = timedelta(minutes=20)
    """How often it looks for tasks and appeals whose deadline is near or over."""
    batches_every: timedelta = timedelta(seconds=30)
    """How often the worker looks whether the pack's schedule asks for payout batches."""
    reports_every: timedelta = timedelta(minutes=1)
    """How often it looks for reports that are due."""
    old_reports_every: timedelta = timedelta(hours=6)
    """How often reports that are no longer kept are removed."""
    reconciliation_every: timedelta = timedelta(minutes=5)
    """How often open lines of the bank's statements are compared with the books again."""
    document_link_lifetime: timedelta = timedelta(minutes=5)
    """How long a link to a document of a claim can be opened."""
