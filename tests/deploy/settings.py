"""What the services' code reads from the environment and uses of the parts: read off the code itself."""

import ast
from importlib import import_module
from inspect import isclass

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from common.command import MigrationSettings, ProcessSettings
from common.settings import CommonSettings

from ..architecture.source import modules


def settings_class(service: str) -> type[CommonSettings]:
    module = import_module(f"{service}.settings")
    found = [
        one
        for one in vars(module).values()
        if isclass(one) and issubclass(one, CommonSettings) and one is not CommonSettings
    ]
    assert len(found) == 1, found
    return found[0]


def variables(settings: type[BaseSettings]) -> dict[str, FieldInfo]:
    """Every setting by the name of its environment variable."""
    prefix = str(settings.model_config.get("env_prefix", ""))
    return {
        str(info.validation_alias) if info.validation_alias else f"{prefix}{name}".upper(): info
        for name, info in settings.model_fields.items()
    }


def is_secret(info: FieldInfo) -> bool:
    return "SecretStr" in str(info.annotation) or info.annotation is SecretStr


def process_variables() -> set[str]:
    return set(variables(ProcessSettings)) | set(variables(MigrationSettings))


def literal_variables(*packages: str) -> set[str]:
    """Names that the code asks os.environ for by themselves."""
    found = set()
    for module in modules(*packages):
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "os.environ.get":
                name = node.args[0]
                if isinstance(name, ast.Constant) and isinstance(name.value, str):
                    found.add(name.value)
    return found


def stores_objects(service: str) -> bool:
    """Whether the service's code opens the object store, by itself or for the files of its tasks."""
    for module in modules(f"services/{service}/{service}"):
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(
                ("common.storage", "common.tasks")
            ):
                return True
    return False


def metric_names() -> set[str]:
    """Every metric of the platform, as it is exposed."""
    from prometheus_client import REGISTRY

    for name in ("identity", "enrollment", "claims", "notify", "ocr", "activities"):
        import_module(f"{name}.worker")
        import_module(f"{name}.app")
    import_module("ocr.queue.lane")
    return {name for name in REGISTRY._names_to_collectors if name.startswith("huzhu_")}


def metric_labels() -> dict[str, set[str]]:
    """Every metric with its labels; under "le of NAME" the bounds of a histogram."""
    from prometheus_client import REGISTRY

    found: dict[str, set[str]] = {}
    for name in metric_names():
        collector = REGISTRY._names_to_collectors[name]
        labels = set(getattr(collector, "_labelnames", ()))
        bounds = getattr(collector, "_upper_bounds", None)
        if bounds and name.endswith("_bucket"):
            labels.add("le")
            found[f"le of {name}"] = {"+Inf" if one == float("inf") else str(float(one)) for one in bounds}
        found[name] = labels
    return found
