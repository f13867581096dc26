"""The most that may run fits into the database, and nobody but the autoscaler says how much runs."""

import re
from collections.abc import Iterator

import pytest

from huzhu.home import SERVICES

from .capacity import MIGRATION, OF_ITS_OWN, OPERATORS, RESERVED, pools_of
from .manifests import K8S, Document, Manifests, pod_of

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


def asked_for(manifests: Manifests) -> tuple[float, float]:
    """Cores and GiB that the scheduler must find while a version is rolled out: one process more of each."""
    cores = gibibytes = 0.0
    for workload in manifests.workloads:
        surge = 1 if workload["kind"] == "Deployment" else 0
        for container in pod_of(workload)["containers"]:
            wanted = container["resources"]["requests"]
            times = workload["spec"].get("replicas", 1) + surge
            cores += times * quantity(wanted["cpu"])
            gibibytes += times * quantity(wanted["memory"])
    for one in manifests.kind("Cluster", "KafkaNodePool"):
        wanted = one["spec"]["resources"]["requests"]
        times = one["spec"].get("instances", one["spec"].get("replicas"))
        cores += times * quantity(wanted["cpu"])
        gibibytes += times * quantity(wanted["memory"])
    return cores, gibibytes


def quantity(text: str) -> float:
    """Cores of `250m`, GiB of `256Mi`."""
    for unit, size in (("Mi", 1 / 1024), ("Gi", 1.0), ("m", 1 / 1000)):
        if text.endswith(unit):
            return float(text.removesuffix(unit)) * size
    return float(text)


def test_the_demo_finds_room_on_the_node_that_the_page_names() -> None:
    """The operators want some of it too."""
    ((cores, gibibytes),) = re.findall(
        r"one node of (\d+) cores and (\d+) GiB", (K8S / "README.md").read_text()
    )
    asked = asked_for(Manifests.of("demo"))
    assert asked[0] <= int(cores) - 1.5 and asked[1] <= int(gibibytes) - 3, asked
    assert asked_for(Manifests.of("production"))[0] > int(cores)
