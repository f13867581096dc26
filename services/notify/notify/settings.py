"""Settings of notify."""

from pydantic_settings import SettingsConfigDict

from common.settings import CommonSettings


class NotifySettings(CommonSettings):
    """Read from the environment with the prefix NOTIFY_."""

    model_config = SettingsConfigDict(env_prefix="NOTIFY_", extra="ignore", populate_by_name=True)

    sms: str = "sandbox"
    """Which SMS channel sends: "sandbox" keeps messages on a page of this platform and is refused in production."""
    send_batch: int = 50
    send_at_once: int = 10
