"""Settings of enrollment, prefix ENROLLMENT_."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from common.settings import CommonSettings


class Settings(CommonSettings):
    """What enrollment needs besides the common settings."""

    model_config = SettingsConfigDict(env_prefix="ENROLLMENT_", extra="ignore", populate_by_name=True)

    roster_max_bytes: int = Field(20_000_000, ge=10_000)
    """Largest roster file in bytes; a pack may set a lower limit, not a higher one."""
    roster_inline_bytes: int = Field(300_000, ge=0)
    """Larger rosters (some thousand rows) are answered with 202 and checked by a worker."""
    roster_processes: int = Field(1, ge=1, le=16)
    """Processes that parse, check and seal rosters; started at the first roster."""
