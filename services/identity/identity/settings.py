"""Settings of the identity service, prefix IDENTITY_."""

from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from common.settings import CommonSettings


class IdentitySettings(CommonSettings):
    """What identity needs besides the common settings."""

    model_config = SettingsConfigDict(env_prefix="IDENTITY_", extra="ignore", populate_by_name=True)

    platform_secret: SecretStr = SecretStr("")
    """Secret of the platform operator named "platform"; empty: there is none."""
    platform_operators: SecretStr = SecretStr("")
    """Named operators of the platform, "ops1:<secret>,ops2:<secret>"; two are needed to change a live pack."""
    access_minutes: int = Field(10, ge=1, le=60)
    """How long an access token is good; a session that was ended is turned away at once all the same."""
    session_days: int = Field(30, ge=1, le=365)
    """How long handlers stay signed in without using it."""
    member_session_days: int = Field(180, ge=1, le=730)
    """How long members stay signed in without opening the app; bound they are until they unbind."""
    staff_session_hours: int = Field(12, ge=1, le=72)
    """How long staff stay signed in, from the sign-in."""
    session_most_days: int = Field(90, ge=1, le=365)
    """After so many days since the sign-in handlers sign in again, however often they used it."""
    member_session_most_days: int = Field(365, ge=1, le=1095)
    """The same for members."""
    refresh_grace_seconds: int = Field(30, ge=0, le=300)
    """A refresh whose answer was lost on a bad network may be sent once more within this time."""
    signing_key_days: int = Field(90, ge=1)
    """After so many days tokens are signed with a new key."""
    codes_per_address: int = Field(600, ge=1)
    """SMS codes asked for from one address in ten minutes."""
    codes_per_tenant: int = Field(3000, ge=1)
    """SMS codes in ten minutes to numbers that the union does not know."""
    codes_per_number: int = Field(20, ge=1)
    """SMS codes to one number in a day, for each purpose."""
    captchas_per_address: int = Field(600, ge=10)
    """Pictures asked for from one address in ten minutes, and a tenth of it in sounds."""
    codes_per_staff: int = Field(200, ge=1)
    """SMS codes of the second step of one staff account in an hour; each needs the password first."""
    sign_ins_per_address: int = Field(2000, ge=1)
    """Attempts to sign in or register from one address in ten minutes."""
    public_url: str = Field("", validation_alias="HUZHU_PUBLIC_URL")
    """Address of the platform as browsers see it: portals and verifications send people back there."""
    verification: Literal["", "sandbox", "tencent", "none"] = ""
    """Who verifies faces and bank cards; left out: the sandbox in local runs, nobody elsewhere."""
    wechat: Literal["", "sandbox", "wechat", "none"] = ""
    """Who answers sign-ins by WeChat; left out: the sandbox in local runs, nobody elsewhere."""
    portals: Literal["pack", "sandbox"] = "pack"
    """Where campus portals are called: at the pack's own addresses, or at the sandbox's portal (local runs only), which
    stands in for all but those on this machine."""
    wechat_endpoint: str = "https://api.weixin.qq.com"
    """Where WeChat is called."""
    tencent_secret_id: SecretStr = SecretStr("")
    """Key of the provider of face verification."""
    tencent_secret_key: SecretStr = SecretStr("")
    """Its secret."""
    tencent_region: str = "ap-guangzhou"
    """Its region."""
    tencent_protocol: Literal["https", "http"] = "https"
    """http only for a stand-in."""
    tencent_faceid_endpoint: str = "faceid.tencentcloudapi.com"
    """Where it is called."""
    tencent_faceid_rule: str = "1"
    """Number of the business process (业务流程) set up at the provider."""
    provider_timeout_seconds: int = Field(10, ge=1, le=60)
    """How long a provider may take to answer."""

    def unmet(self) -> list[str]:
        """Also: whoever verifies faces needs their keys."""
        keys = ("tencent_secret_id", "tencent_secret_key", "tencent_faceid_rule")
        chosen = self.verification == "tencent"
        return super().unmet() + (self.needs("IDENTITY_VERIFICATION=tencent", *keys) if chosen else [])
