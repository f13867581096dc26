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
    """How often the worker looks for settlement lines to decide."""
    batches_every: timedelta = timedelta(seconds=30)
    """How often the worker looks whether the pack's schedule asks for payout batches."""
    reconciliation_every: timedelta = timedelta(minutes=5)
    """How often open lines of the bank's statements are compared with the books again."""
    document_link_lifetime: timedelta = timedelta(minutes=5)
