"""Settings of activities."""

from pydantic_settings import SettingsConfigDict

from common.settings import CommonSettings


class ActivitiesSettings(CommonSettings):
    """Read from the environment with the prefix ACTIVITIES_."""

    model_config = SettingsConfigDict(env_prefix="ACTIVITIES_", extra="ignore", populate_by_name=True)
