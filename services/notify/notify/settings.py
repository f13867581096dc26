"""Settings of notify."""

from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from common.settings import CommonSettings

SENDERS = {
    "aliyun": ("aliyun_access_key_id", "aliyun_access_key_secret"),
    "tencent": ("tencent_secret_id", "tencent_secret_key", "tencent_sms_app_id"),
}
"""Who can send SMS, and the settings that each cannot do without."""


class NotifySettings(CommonSettings):
    """Read from the environment with the prefix NOTIFY_."""

    model_config = SettingsConfigDict(env_prefix="NOTIFY_", extra="ignore", populate_by_name=True)

    sms: str = "sandbox"
    """Who sends SMS: "aliyun", "tencent", or both in the order in which they are tried, "aliyun,tencent"; "sandbox"
    keeps messages on a page of this platform and is refused in production."""
    aliyun_access_key_id: SecretStr = SecretStr("")
    """Key of the SMS provider Alibaba Cloud."""
    aliyun_access_key_secret: SecretStr = SecretStr("")
    """Its secret."""
    aliyun_sms_endpoint: str = "dysmsapi.aliyuncs.com"
    """Where it is called."""
    aliyun_protocol: Literal["https", "http"] = "https"
    """http only for a stand-in."""
    tencent_secret_id: SecretStr = SecretStr("")
    """Key of the SMS provider Tencent Cloud."""
    tencent_secret_key: SecretStr = SecretStr("")
    """Its secret."""
    tencent_region: str = "ap-guangzhou"
    """Its region."""
    tencent_sms_endpoint: str = "sms.tencentcloudapi.com"
    """Where it is called."""
    tencent_protocol: Literal["https", "http"] = "https"
    """http only for a stand-in."""
    tencent_sms_app_id: str = ""
    """Number of the SMS application (SdkAppId) there."""
    provider_timeout_seconds: int = Field(8, ge=1, le=60)
    """How long a provider may take to answer."""
    wechat: Literal["wechat", "sandbox", "auto"] = "auto"
    """Who sends WeChat subscription messages: "auto" is WeChat, and the sandbox in a local run."""
    wechat_endpoint: str = "https://api.weixin.qq.com"
    """Where WeChat is called."""
    send_batch: int = 50
    """Messages that one round takes up."""
    send_at_once: int = 10
    """Messages of a round that are sent side by side."""

    @property
    def senders(self) -> list[str]:
        """Who sends SMS, in the order in which they are tried."""
        return [name.strip() for name in self.sms.split(",")]

    def unmet(self) -> list[str]:
        """Also: SMS and WeChat need somebody who really sends, and that one's keys."""
        found = super().unmet()
        if self.environment != "local":
            found += [
                f"环境变量 {name} 不正确 is wrong: sandbox 只用于本机试运行 is for local runs only, {instead}"
                for name, chosen, instead in (
                    ("NOTIFY_SMS", self.sms, "aliyun | tencent | aliyun,tencent"),
                    ("NOTIFY_WECHAT", self.wechat, "auto | wechat"),
                )
                if chosen == "sandbox"
            ]
        for name in self.senders if self.sms != "sandbox" else ():
            if name in SENDERS:
                found += self.needs(f"NOTIFY_SMS={self.sms}", *SENDERS[name])
            else:
                found.append(
                    f"环境变量 NOTIFY_SMS 不正确 is wrong: {name!r}；可选 choose of {', '.join(SENDERS)}"
                )
        return found
