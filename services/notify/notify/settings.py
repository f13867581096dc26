"""Settings of notify."""

from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from common.settings import CommonSettings


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
