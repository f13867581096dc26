"""The most that may run fits into the database, and nobody but the autoscaler says how much runs."""

from collections.abc import Iterator

import pytest

from huzhu.home import SERVICES

from .capacity import MIGRATION, OF_ITS_OWN, OPERATORS, RESERVED, pools_of
from .manifests import K8S, Document, Manifests

pytestmark = pytest.mark.deploy


def replicas(manifests: Manifests, workload: Document, *, most: bool) -> int:
    name = workload["metadata"]["name"]
    for scaler in manifests.kind("HorizontalPodAutoscaler", "ScaledObject"):
        spec = scaler["spec"]
        if spec["scaleTargetRef"]["name"] == name:
            kind = "Replicas" if scaler["kind"] == "HorizontalPodAutoscaler" else "ReplicaCount"
            return int(spec[f"{'max' if most else 'min'}{kind}"])
    raise AssertionError(f"nothing scales {name}")


def processes(manifests: Manifests) -> Iterator[tuple[str, str, Document]]:
    for service in SERVICES:
        for part, workload in manifests.processes(service).items():
            if workload["kind"] == "Deployment":
                yield service, part, workload


def connections(manifests: Manifests, *, most: bool) -> int:
    """All that may be open while a version is rolled out."""
    found = 0
    for service, part, workload in processes(manifests):
        surge = workload["spec"]["strategy"]["rollingUpdate"]["maxSurge"]
        shown, _ = manifests.environment(workload)
        each = pools_of(service, shown) + OF_ITS_OWN[part]
        found += (replicas(manifests, workload, most=most) + surge) * each
    return found + len(SERVICES) * MIGRATION + OPERATORS + RESERVED


def test_the_most_that_may_run_fits_into_the_database(manifests: Manifests, overlay: str) -> None:
    parameters = manifests.one("Cluster", "huzhu-db")["spec"]["postgresql"]["parameters"]
    least, most = (connections(manifests, most=one) for one in (False, True))
    assert least < most <= int(parameters["max_connections"])
    if overlay == "production":
        text = (K8S / "README.md").read_text()
        assert (
            f"{least} at rest, {most} at the most" in text
            and f"`max_connections` {parameters['max_connections']}" in text
        )


def test_as_many_again_would_be_seen() -> None:
    manifests = Manifests.of("production")
    for scaler in manifests.kind("HorizontalPodAutoscaler"):
        scaler["spec"]["maxReplicas"] *= 2
    parameters = manifests.one("Cluster", "huzhu-db")["spec"]["postgresql"]["parameters"]
    assert connections(manifests, most=True) > int(parameters["max_connections"])


def test_what_is_scaled_names_no_number_of_its_own(manifests: Manifests) -> None:
    """Applying one is a conflict with whoever scaled, or sets a busy service back at each roll-out."""
    for _, _, workload in processes(manifests):
        assert "replicas" not in workload["spec"], workload["metadata"]["name"]
        assert replicas(manifests, workload, most=False) >= 1
