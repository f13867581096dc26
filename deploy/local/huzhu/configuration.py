"""The page of every environment variable (docs/configuration.md), written from the settings' own words."""

import ast
import inspect
import textwrap
from collections.abc import Iterator
from importlib import import_module
from inspect import isclass
from itertools import pairwise

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from pydantic_settings import BaseSettings

from common.command import MigrationSettings, ProcessSettings
from common.settings import CommonSettings
from huzhu.home import SERVICES

HEAD = """\
# 配置项 · Configuration

<!-- 由 `make contracts` 根据设置类生成，请勿手工修改 · written by `make contracts`; do not edit -->

Everything comes from the environment. 🔑 is a secret: on one server it stands in `deploy/compose/secrets/`, on
Kubernetes in the secret store (`deploy/k8s/README.md`). “required” has no default. Times are seconds unless the name
says otherwise; durations are written as ISO 8601 (`PT30S`).
"""
MORE: dict[str, dict[str, str]] = {
    "Of a service, read by itself · 服务自行读取": {
        "<SERVICE>_OWNER_DATABASE_URL 🔑": "Address of a service's database as its owner; `migrate` alone gets it.",
        "BUS_OWNER_DATABASE_URL 🔑": "The same of the event log in PostgreSQL; identity's `migrate` alone gets it.",
        "HUZHU_PROBE_HOST": "Address on which workers answer probes; default 127.0.0.1.",
        "HUZHU_OUTBOX_NOTIFY": "0: workers find events by looking, not by being told; default 1.",
        "FORWARDED_ALLOW_IPS": "Networks whose word about the client's address uvicorn believes: the gateway's.",
    },
    "Named by packs (`key_env`) · 配置包引用": {
        "HUZHU_PORTAL_<NAME> 🔑": "identity: secret of a portal through which members or handlers sign in.",
        "HUZHU_HANDOVER_<NAME> 🔑": "identity: secret shared with an app that hands members over (docs/hand-over.md).",
        "HUZHU_WECHAT_<NAME> 🔑": "identity and notify: secret of a union's mini-program.",
    },
    "Of the command line · 命令行": {
        "HUZHU_URL": "Address of the platform; default http://127.0.0.1:PORT.",
        "PORT": "Its port on this machine, and that on which `make run` listens; default 8080.",
        "HUZHU_HOME": "Folder of a local platform: data, logs, secrets; default .huzhu.",
        "HUZHU_OPERATOR": "Operator as whom `huzhu` acts; default ops1, for `huzhu tenant consent` ops2.",
        "HUZHU_OPERATOR_SECRET 🔑": "Their secret, behind `ops1:` in IDENTITY_PLATFORM_OPERATORS; default: from there.",
        "HUZHU_OPERATOR_KAFKA_USER": "User at the brokers as whom `huzhu events tail` reads; default identity's.",
        "HUZHU_OPERATOR_KAFKA_PASSWORD 🔑": "Its password.",
        "HUZHU_TOKEN 🔑": "Access token for `huzhu events snapshot`.",
        "HUZHU_PROBES": "Where each process answers whether it is ready, `name=http://…, …`; default: this machine's.",
        "HUZHU_EDGE": "host:port where `huzhu doctor` looks at the certificate; default: the platform's name.",
        "HUZHU_DEMO_PASSWORD 🔑": "Password of demo accounts that `huzhu demo` makes.",
        "HUZHU_CACHE": "Where `make run-stack` keeps the jars of Kafka; default build.",
    },
    "Of one server (`deploy/compose/.env`) · 单机部署": {
        "HUZHU_HOST_NAME": "The server's name; required.",
        "HUZHU_VERSION": "Tag of the images; default latest.",
        "HUZHU_ARCHIVE": "Folder of the archive on this server, e.g. /mnt/archive; default a volume.",
        "HUZHU_NEW_ARCHIVE": "1 at one `docker compose up -d`: the archive begins anew on another disk.",
        "HUZHU_OPERATOR_USER": "uid:gid as whom `operator` runs; prepare.sh writes who has called it.",
        "HUZHU_TRUSTED_PROXIES": "Networks of a load balancer in front; default none.",
    },
}
"""What no settings class reads."""
MEANINGS = {
    "HUZHU_LOG_LEVEL": "DEBUG, INFO, WARNING or ERROR; DEBUG shows each event that a worker has handled."
}


def configuration() -> str:
    """Return the page as Markdown."""
    lines = [HEAD, *_section("Of every service · 各服务共有", CommonSettings, ""), ""]
    lines += _section("Of every process · 各进程", ProcessSettings, "", MigrationSettings)
    common = set(CommonSettings.model_fields)
    for service in SERVICES:
        settings = settings_of(service)
        own = [name for name in settings.model_fields if name not in common]
        if own:
            lines += ["", *_section(f"{service}", settings, service, only=own)]
    for title, others in MORE.items():
        lines += ["", f"## {title}", "", "| 变量 variable | 含义 meaning |", "|---|---|"]
        for name, words in others.items():
            shown, _, secret = name.partition(" ")
            lines.append(f"| `{shown}`{secret and f' {secret}'} | {words} |")
    return "\n".join(lines) + "\n"


def settings_of(service: str) -> type[CommonSettings]:
    """Return a service's settings class."""
    kinds = vars(import_module(f"{service}.settings")).values()
    (found,) = [
        one for one in kinds if isclass(one) and issubclass(one, CommonSettings) and one is not CommonSettings
    ]
    return found


def variables(settings: type[BaseSettings], service: str = "") -> dict[str, tuple[str, FieldInfo]]:
    """Every setting by its variable, with its field's name."""
    prefix = str(settings.model_config.get("env_prefix", "")) if service else "<SERVICE>_"
    return {
        str(info.validation_alias) if info.validation_alias else f"{prefix}{name}".upper(): (name, info)
        for name, info in settings.model_fields.items()
    }


def _section(
    title: str,
    settings: type[BaseSettings],
    service: str,
    *more: type[BaseSettings],
    only: list[str] | None = None,
) -> Iterator[str]:
    yield from (f"## {title}", "", "| 变量 variable | 默认 default | 含义 meaning |", "|---|---|---|")
    for one in (settings, *more):
        said = meanings(one)
        for variable, (field, info) in variables(one, service).items():
            if only is None or field in only:
                words = said.get(field) or MEANINGS.get(variable, "")
                secret = " 🔑" if "SecretStr" in str(info.annotation) else ""
                yield f"| `{variable}`{secret} | {_default(info)} | {words} |".replace("  |", " |")


def meanings(settings: type[BaseSettings]) -> dict[str, str]:
    """Return each field's meaning: the string that stands behind it in the class."""
    found: dict[str, str] = {}
    for kind in reversed(settings.__mro__):
        if not issubclass(kind, BaseSettings) or kind is BaseSettings:
            continue
        body = ast.parse(textwrap.dedent(inspect.getsource(kind))).body[0].body  # type: ignore[attr-defined]
        for field, after in pairwise(body):
            match field, after:
                case ast.AnnAssign(), ast.Expr(value=ast.Constant(value=str(words))):
                    found[ast.unparse(field.target)] = " ".join(words.split()).replace("|", "\\|")
    return found


def _default(info: FieldInfo) -> str:
    if info.is_required() or info.default is PydanticUndefined:
        return "required"
    shown = info.default.get_secret_value() if hasattr(info.default, "get_secret_value") else info.default
    if hasattr(shown, "total_seconds"):
        return f"{shown.total_seconds():g} s"
    return "" if shown in (None, "") else f"`{shown}`"
