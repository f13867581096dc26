"""Failures that are no fault of the programme, in one sentence in place of a traceback."""

from typing import Any

_SAID = {"PartFailed", "SecretsUnusable", "SettingsUnusable", "HomeInUse", "StillRunning"}
_NOT_LET_IN = {"AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch"}
_AWAY = {
    "InvalidPasswordError",
    "InvalidCatalogNameError",
    "MaxRetryError",
    "NewConnectionError",
    "ProtocolError",
}


def sentence_of(error: BaseException) -> str | None:
    """Return what to say of a failure; None where it is a fault that a traceback must show.

    Libraries are imported here only after something has failed: a command waits for none that it does not use.
    """
    kind = type(error)
    if any(one.__name__ in _SAID for one in kind.__mro__):
        return str(error)
    if kind.__module__.partition(".")[0].startswith("pydantic") and kind.__name__ == "ValidationError":
        return f"环境变量不对 the environment is wrong (docs/configuration.md): {_places(error)}"
    if _is_away(error):
        return (
            f"数据库、缓存、对象存储或消息总线没有应答，请核对其地址、密码和是否在运行（{kind.__name__}）。"
            " A database, cache, store or bus does not answer: check address and password, and whether it runs."
        )
    if isinstance(error, OSError) and error.filename and error.strerror:
        return f"{error.filename}: {error.strerror}"
    return None


def _is_away(error: BaseException) -> bool:
    from common.failures import is_infrastructure

    if is_infrastructure(error) or type(error).__name__ in _AWAY:
        return True
    return type(error).__name__ == "S3Error" and getattr(error, "code", "") in _NOT_LET_IN


def _places(error: BaseException) -> str:
    faults: list[dict[str, Any]] = getattr(error, "errors", list)()
    return ", ".join(str(one["loc"][-1]) for one in faults if one.get("loc"))
