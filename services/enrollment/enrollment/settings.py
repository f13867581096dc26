"""Settings of enrollment, prefix ENROLLMENT_."""

import json
from pathlib import Path
from typing import Literal

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
    """Rosters that are checked at a time; each has a process that reads and, if it is large, one more that checks."""
    roster_warm_seconds: float = Field(2, ge=0)
    """How long after its start the application starts the process that reads small rosters; 0: at the first roster."""
    payments: Literal["auto", "none", "sandbox", "wechat"] = "auto"
    """Who takes online payments: nobody, a page of this platform (local runs only, "auto" there), or WeChat Pay."""
    wechat_merchants: Path | None = None
    """JSON file with the merchants of WeChat Pay by the union's code; see the service's README."""
    wechat_endpoint: str = "https://api.mch.weixin.qq.com"
    """Where WeChat Pay is called."""
    public_url: str = Field("http://127.0.0.1:8080", validation_alias="HUZHU_PUBLIC_URL")
    """Where the provider's notices arrive."""

    def unmet(self) -> list[str]:
        """Also: WeChat Pay needs the file of its merchants, and the files that it names."""
        if self.payments != "wechat":
            return super().unmet()
        choice, given = "ENROLLMENT_PAYMENTS=wechat", self.wechat_merchants
        missing = self.needs(choice, "wechat_merchants")
        fault = None if missing or given is None else _fault_of(given)
        wrong = [f"环境变量 ENROLLMENT_WECHAT_MERCHANTS 不正确 is wrong: {fault}"] if fault else []
        return [*super().unmet(), *missing, *wrong]


def _fault_of(path: Path) -> str | None:
    """Say what hinders reading the merchants and their keys; nothing of what stands there."""
    try:
        unions = json.loads(path.read_text(encoding="utf-8"))
        for values in unions.values():
            for name in [name for name in values if name.endswith("_file")]:
                (path.parent / values[name]).read_text(encoding="utf-8")
    except OSError as error:
        return f"{error.filename}: {error.strerror}"
    except (ValueError, AttributeError, TypeError):
        return f"{path}: 不是商户文件 is no file of merchants (services/enrollment/README.md)"
    return None if unions else f"{path}: 没有商户 names no merchant"
