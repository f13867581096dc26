"""A real API of a cluster on loopback, as `make cluster-check` has built it: etcd, kube-apiserver, controller-manager.

It has no node: what a kubelet and the operators would do is done by stand_ins.py. All of it ends with `stop`.
"""

import json
import subprocess
import time
from pathlib import Path
from typing import Any

import httpx
import yaml

from ..e2e.conftest import free_port
from .manifests import ROOT

BUILT = ROOT / "build" / "cluster"
PROGRAMS = ("etcd", "kube-apiserver", "kube-controller-manager")
SCHEMAS = Path(__file__).with_name("crds")
TOKEN = "of-the-tests"
STRIMZI = {
    "kafkas": "Kafka",
    "kafkanodepools": "KafkaNodePool",
    "kafkatopics": "KafkaTopic",
    "kafkausers": "KafkaUser",
}


class Cluster:
    """The processes, a kubeconfig for kubectl, and a client for everything else."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port, self._etcd, self._peers = free_port(), free_port(), free_port()
        self.url = f"https://127.0.0.1:{self.port}"
        self.kubeconfig = folder / "kubeconfig"
        self._running: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        """Start it and wait until it answers."""
        self._files()
        etcd, peers = f"http://127.0.0.1:{self._etcd}", f"http://127.0.0.1:{self._peers}"
        self._run(
            "etcd",
            "--data-dir",
            self.folder / "etcd",
            "--listen-client-urls",
            etcd,
            "--advertise-client-urls",
            etcd,
            "--listen-peer-urls",
            peers,
            "--initial-advertise-peer-urls",
            peers,
            "--initial-cluster",
            f"default={peers}",
            "--unsafe-no-fsync",
            "--log-level",
            "warn",
        )
        key = self.folder / "accounts.key"
        self._run(
            "kube-apiserver",
            "--etcd-servers",
            etcd,
            "--bind-address=127.0.0.1",
            f"--secure-port={self.port}",
            "--cert-dir",
            self.folder / "certificates",
            "--token-auth-file",
            self.folder / "tokens.csv",
            "--authorization-mode=RBAC",
            "--service-cluster-ip-range=10.96.0.0/16",
            "--allow-privileged",
            "--service-account-issuer=https://kubernetes.default.svc",
            "--service-account-key-file",
            key,
            "--service-account-signing-key-file",
            key,
            "--endpoint-reconciler-type=none",
        )
        self._until(lambda: self.api().get("/readyz").status_code == 200, 120, "kube-apiserver")
        self._run(
            "kube-controller-manager",
            "--kubeconfig",
            self.kubeconfig,
            "--service-account-private-key-file",
            key,
            "--root-ca-file",
            self.folder / "certificates" / "apiserver.crt",
            "--leader-elect=false",
            "--bind-address=127.0.0.1",
            f"--secure-port={free_port()}",
            "--cert-dir",
            self.folder / "manager",
        )

    def stop(self) -> None:
        """End all of it, the API before its store."""
        for process in reversed(self._running):
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()

    def api(self) -> httpx.Client:
        """A client of the API that may do everything."""
        told = {"Authorization": f"Bearer {TOKEN}"}
        return httpx.Client(base_url=self.url, headers=told, verify=False, trust_env=False, timeout=30)

    def kubectl(
        self, *words: str | Path, stdin: str | None = None, check: bool = True
    ) -> subprocess.CompletedProcess[str]:
        """Run kubectl as an administrator."""
        argv = ["kubectl", "--kubeconfig", str(self.kubeconfig), *map(str, words)]
        done = subprocess.run(argv, input=stdin, capture_output=True, text=True, check=False, timeout=300)
        assert done.returncode == 0 or not check, done.stderr or done.stdout
        return done

    def get(self, kind: str, *words: str) -> list[dict[str, Any]]:
        """Return the objects of a kind in the namespace `huzhu`."""
        told = self.kubectl("-n", "huzhu", "get", kind, *words, "-o", "json").stdout
        return list(json.loads(told)["items"])

    def kinds(self) -> None:
        """Make the operators' kinds known, as each operator's own installation does."""
        for _ in range(4):  # an API on a busy machine may end a request for one of them; what was made stays
            if self.kubectl("apply", "--server-side", "-f", BUILT / "crds", check=False).returncode == 0:
                break
        self.kubectl("apply", "--server-side", "-f", "-", stdin=yaml.safe_dump_all(map(_strimzi, STRIMZI)))
        self.kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=60s")

    def _files(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "tokens.csv").write_text(f'{TOKEN},tests,tests,"system:masters"\n')
        subprocess.run(
            ["openssl", "genrsa", "-out", str(self.folder / "accounts.key"), "2048"],
            check=True,
            capture_output=True,
        )
        entry = {"name": "tests", "cluster": {"server": self.url, "insecure-skip-tls-verify": True}}
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "tests",
            "clusters": [entry],
            "users": [{"name": "tests", "user": {"token": TOKEN}}],
            "contexts": [{"name": "tests", "context": {"cluster": "tests", "user": "tests"}}],
        }
        self.kubeconfig.write_text(yaml.safe_dump(config))

    def _run(self, program: str, *words: str | Path) -> None:
        with (self.folder / f"{program}.log").open("ab") as log:
            argv = [str(BUILT / "bin" / program), *map(str, words)]
            self._running.append(subprocess.Popen(argv, stdout=log, stderr=log))

    def _until(self, met: Any, seconds: float, what: str) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            dead = [one.args for one in self._running if one.poll() is not None]
            assert not dead, f"{dead}: {(self.folder / f'{what}.log').read_text()[-2000:]}"
            try:
                if met():
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.5)
        raise AssertionError(f"{what} does not answer: {(self.folder / f'{what}.log').read_text()[-2000:]}")


def _strimzi(plural: str) -> dict[str, Any]:
    """A kind of Strimzi's, made from its schema here: its own files are in no registry."""
    kind = STRIMZI[plural]
    schema = json.loads((SCHEMAS / f"kafka.strimzi.io_v1_{kind.lower()}.json").read_text())
    schema = {"type": "object", "properties": {"spec": _structural(schema["properties"]["spec"])}}
    schema["properties"]["status"] = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    version = {
        "name": "v1",
        "served": True,
        "storage": True,
        "subresources": {"status": {}},
        "schema": {"openAPIV3Schema": schema},
    }
    names = {"kind": kind, "plural": plural, "singular": kind.lower(), "listKind": f"{kind}List"}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.kafka.strimzi.io"},
        "spec": {"group": "kafka.strimzi.io", "scope": "Namespaced", "names": names, "versions": [version]},
    }


def _structural(schema: Any) -> Any:
    """A schema as the API wants it: it refuses unknown fields anyhow, and has a word for a number that may be text."""
    if isinstance(schema, list):
        return [_structural(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {name: _structural(value) for name, value in schema.items()}
    if "properties" in kept:
        kept.pop("additionalProperties", None)
    if kept.get("type") == ["integer", "string"]:
        kept.pop("type")
        kept["x-kubernetes-int-or-string"] = True
    return kept
