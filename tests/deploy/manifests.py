"""The manifests as kustomize builds them, and what a container's environment comes to."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
K8S = ROOT / "deploy" / "k8s"
CHECKS = ROOT / "build" / "checks" / "bin"
OVERLAYS = ("production", "demo")
# Secrets that an operator makes, with the keys that are used of them.
OPERATORS_SECRETS = {
    "huzhu-db-ca": {"ca.crt"},  # CloudNativePG
    "huzhu-cluster-ca-cert": {"ca.crt"},  # Strimzi
    "huzhu-tls": {"tls.crt", "tls.key"},  # cert-manager
}
Document = dict[str, Any]


def tool(name: str) -> Path:
    """Return a program of `make k8s-check`'s environment; the test is skipped where it could not be installed."""
    program = CHECKS / name
    if not program.exists():
        pytest.skip(f"{name} is not installed here; `make k8s-check` tries and says why")
    return program


@cache
def kustomize() -> list[str]:
    """Return the command that builds a folder: kustomize 5, or kubectl, which has it inside; none: skipped."""
    ways = (
        ([str(CHECKS / "kustomize"), "version"], ["build"]),
        (["kustomize", "version"], ["build"]),
        (["kubectl", "version", "--client"], ["kustomize"]),
    )
    for (program, *asked), words in ways:
        if found := shutil.which(program):
            told = subprocess.run([found, *asked], capture_output=True, text=True, check=False, timeout=60)
            if "v5." in told.stdout:
                return [found, *words]
    pytest.skip(
        "there is no kustomize 5 here and none could be installed; `make k8s-check` tries and says why"
    )


@cache
def built(overlay: str) -> str:
    """Return an overlay's manifests as text."""
    return built_from(K8S / "overlays" / overlay)


def built_from(folder: Path) -> str:
    """Return the manifests of a folder anywhere as text."""
    environment = {name: value for name, value in os.environ.items() if name != "KUBECONFIG"}
    done = subprocess.run(
        [*kustomize(), str(folder)], capture_output=True, text=True, check=False, env=environment
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


class _Loader(yaml.SafeLoader):
    """Reads as kubectl does: what looks like a time is text."""

    yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in ways if tag != "tag:yaml.org,2002:timestamp"]
        for first, ways in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


@dataclass(frozen=True)
class Manifests:
    """The documents of one overlay."""

    documents: tuple[Document, ...]

    @classmethod
    def of(cls, overlay: str) -> "Manifests":
        return cls.read(built(overlay))

    @classmethod
    def read(cls, text: str) -> "Manifests":
        return cls(tuple(yaml.load_all(text, _Loader)))

    def kind(self, *kinds: str) -> list[Document]:
        return [one for one in self.documents if one["kind"] in kinds]

    def one(self, kind: str, name: str) -> Document:
        found = [one for one in self.kind(kind) if one["metadata"]["name"] == name]
        assert len(found) == 1, f"{kind} {name}: {len(found)} of them"
        return found[0]

    @property
    def workloads(self) -> list[Document]:
        return self.kind("Deployment", "StatefulSet", "Job", "CronJob")

    def processes(self, service: str) -> dict[str, Document]:
        """The service's workloads by their component."""
        labels = {"app.kubernetes.io/name": service}.items()
        mine = [one for one in self.workloads if labels <= one["metadata"]["labels"].items()]
        return {one["metadata"]["labels"]["app.kubernetes.io/component"]: one for one in mine}

    def secrets(self) -> dict[str, dict[str, str]]:
        """What External Secrets makes: name, keys, and the text that becomes the value."""
        made = {}
        for one in self.kind("ExternalSecret"):
            template = one["spec"]["target"].get("template", {})
            made[one["metadata"]["name"]] = dict(template.get("data", {}))
        return made

    def settings(self) -> dict[str, dict[str, str]]:
        return {one["metadata"]["name"]: one.get("data", {}) for one in self.kind("ConfigMap")}

    def shared_settings(self) -> dict[str, str]:
        """What every process reads."""
        (found,) = [data for name, data in self.settings().items() if name.startswith("huzhu-settings")]
        return found

    def environment(self, workload: Document) -> tuple[dict[str, str], dict[str, str]]:
        """Return what a service's process reads: (open, secret)."""
        shown: dict[str, str] = {}
        hidden: dict[str, str] = {}
        (container,) = pod_of(workload)["containers"]
        for source in container.get("envFrom", ()):
            if "configMapRef" in source:
                shown |= self.settings()[source["configMapRef"]["name"]]
            else:
                hidden |= self.secrets()[source["secretRef"]["name"]]
        for variable in container.get("env", ()):
            shown[variable["name"]] = variable["value"]
        return shown, hidden


def template_of(workload: Document) -> Document:
    spec = workload["spec"]
    template: Document = (spec["jobTemplate"]["spec"] if workload["kind"] == "CronJob" else spec)["template"]
    return template


def pod_of(workload: Document) -> Document:
    pod: Document = template_of(workload)["spec"]
    return pod


def filled(template: str) -> str:
    """Return a secret's value as it could be: every placeholder a word, or a key where a key is wanted."""
    key = "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="
    text = template.replace("{{ .master_keys }}", f"1:{key}").replace("{{ .link_key }}", key)
    return re.sub(r"\{\{[^}]*\}\}", "secret", text)
