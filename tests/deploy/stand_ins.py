"""What is missing of a cluster without nodes and operators: pods that come up at once, parts that become Ready.

It only writes statuses, as a kubelet and the operators do; what is made of them is the real controllers' work.
"""

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx

from .cluster import Cluster

READY_KINDS = (
    ("postgresql.cnpg.io/v1", "clusters"),
    ("kafka.strimzi.io/v1", "kafkas"),
    ("kafka.strimzi.io/v1", "kafkatopics"),
    ("external-secrets.io/v1", "externalsecrets"),
)
Pod = dict[str, Any]


class StandIns(threading.Thread):
    """`fails(pod)`: whether a migration's pod is to end badly; `comes(pod)`: whether a process becomes ready."""

    def __init__(self, cluster: Cluster) -> None:
        super().__init__(daemon=True)
        self._api, self._ended = cluster.api(), threading.Event()
        self.fails: Callable[[Pod], bool] = lambda pod: False
        self.comes: Callable[[Pod], bool] = lambda pod: True
        self.faults: list[str] = []

    def stop(self) -> None:
        self._ended.set()
        self.join(20)
        self._api.close()

    def run(self) -> None:
        node = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "one"}}
        self._api.post("/api/v1/nodes", json=node)
        while not self._ended.wait(0.3):
            try:
                for group, kind in READY_KINDS:
                    self._parts(f"/apis/{group}/namespaces/huzhu/{kind}")
                for pod in self._items("/api/v1/namespaces/huzhu/pods"):
                    self._pod(pod)
            except httpx.TransportError as error:
                self.faults.append(str(error))

    def _items(self, path: str) -> list[dict[str, Any]]:
        told = self._api.get(path)
        return list(told.json()["items"]) if told.status_code == 200 else []

    def _parts(self, path: str) -> None:
        for one in self._items(path):
            if not any(c["type"] == "Ready" for c in one.get("status", {}).get("conditions", ())):
                self._status(f"{path}/{one['metadata']['name']}", {"conditions": [_condition("Ready")]})

    def _pod(self, pod: Pod) -> None:
        path = f"/api/v1/namespaces/huzhu/pods/{pod['metadata']['name']}"
        if "deletionTimestamp" in pod["metadata"]:
            self._api.request("DELETE", path, json={"gracePeriodSeconds": 0})
        elif "nodeName" not in pod["spec"]:
            target = {"apiVersion": "v1", "kind": "Node", "name": "one"}
            binding = {
                "apiVersion": "v1",
                "kind": "Binding",
                "metadata": {"name": pod["metadata"]["name"]},
                "target": target,
            }
            self._told(self._api.post(f"{path}/binding", json=binding))
        elif pod["status"]["phase"] == "Pending":
            self._status(path, self._after_start(pod))

    def _after_start(self, pod: Pod) -> dict[str, Any]:
        if pod["metadata"]["labels"].get("app.kubernetes.io/component") == "migrate":
            return {"phase": "Failed" if self.fails(pod) else "Succeeded"}
        ready = "True" if self.comes(pod) else "False"
        return {
            "phase": "Running",
            "conditions": [_condition("Ready", ready), _condition("ContainersReady", ready)],
        }

    def _status(self, path: str, status: dict[str, Any]) -> None:
        kind = {"Content-Type": "application/merge-patch+json"}
        self._told(self._api.patch(f"{path}/status", json={"status": status}, headers=kind))

    def _told(self, answer: httpx.Response) -> None:
        if answer.status_code >= 400 and answer.status_code not in {404, 409}:
            self.faults.append(answer.text)


def _condition(kind: str, status: str = "True") -> dict[str, str]:
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"type": kind, "status": status, "reason": "StandIn", "message": "", "lastTransitionTime": now}
