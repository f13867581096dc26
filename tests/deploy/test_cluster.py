"""The manifests on a real API: every object admitted, nothing warned of, and rolled out by real controllers.

`make cluster-check` builds the API and calls this, else it is skipped. Nodes and operators are stood in for.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from .cluster import BUILT, PROGRAMS, Cluster
from .manifests import K8S, OVERLAYS, built
from .stand_ins import StandIns
from .test_k8s_installations import own

pytestmark = [pytest.mark.deploy, pytest.mark.timeout(900)]
WORKLOADS = "app.kubernetes.io/component in (api, worker, recognition, web)"


def why_not() -> str | None:
    """What is missing here; None where nothing is."""
    wanted = [BUILT / "bin" / one for one in PROGRAMS]
    if shutil.which("kubectl") is None:
        return "there is no kubectl"
    return (
        None
        if all(one.exists() for one in wanted)
        else "`make cluster-check` builds the API, and says what it lacks"
    )


pytestmark.append(pytest.mark.skipif(why_not() is not None, reason=why_not() or ""))


@pytest.fixture(scope="module", params=OVERLAYS)
def overlay(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def cluster(overlay: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    made = Cluster(tmp_path_factory.mktemp(overlay))
    try:
        made.start()
        made.kinds()
        yield made
    finally:
        made.stop()


@pytest.fixture
def stood_in(cluster: Cluster) -> Iterator[StandIns]:
    stand_ins = StandIns(cluster)
    stand_ins.start()
    yield stand_ins
    stand_ins.stop()
    assert stand_ins.faults == []


def called(cluster: Cluster, *argv: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a script of deploy/k8s as an operator does."""
    environment = {**os.environ, "KUBECONFIG": str(cluster.kubeconfig)}
    words = [str(one) for one in argv]
    return subprocess.run(words, env=environment, capture_output=True, text=True, check=False, timeout=800)


def images(cluster: Cluster) -> dict[str, str]:
    deployments = cluster.get("deployment", "-l", WORKLOADS)
    return {
        one["metadata"]["name"]: one["spec"]["template"]["spec"]["containers"][0]["image"]
        for one in deployments
    }


def test_it_rolls_out_and_nothing_is_warned_of(
    cluster: Cluster, stood_in: StandIns, overlay: str, tmp_path: Path
) -> None:
    folder = own(tmp_path / "ours") if overlay == "production" else K8S / "overlays" / overlay
    for _ in ("installed", "upgraded"):
        done = called(cluster, K8S / "roll-out.sh", folder)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr
        assert "Warning" not in done.stderr and "error" not in done.stderr.lower(), done.stderr
    for one in cluster.get("deployment") + cluster.get("statefulset"):
        assert one["status"].get("replicas", 0) > 0, f"{one['metadata']['name']}: no pod was admitted"
        wrong = [c for c in one["status"].get("conditions", ()) if c["type"] == "ReplicaFailure"]
        assert wrong == []
    refused = [one["message"] for one in cluster.get("event") if one["reason"] == "FailedCreate"]
    assert refused == []


def test_what_is_applied_again_changes_nothing(cluster: Cluster, overlay: str) -> None:
    """What the API fills in, or writes another way, must be written so: else each roll-out is one of everything."""
    differing = cluster.kubectl(
        "diff", "--server-side", "--force-conflicts", "-f", "-", stdin=built(overlay), check=False
    )
    assert (
        re.findall(r"^diff .*|^[+-] .*", differing.stdout, re.MULTILINE) == [] and differing.returncode == 0
    ), differing.stderr


def test_a_session_of_an_operator_begins(cluster: Cluster, stood_in: StandIns) -> None:
    cluster.kubectl("-n", "huzhu", "create", "job", "ops", "--from=cronjob/operator")
    cluster.kubectl("-n", "huzhu", "wait", "--for=create", "pod", "-l", "job-name=ops", "--timeout=60s")
    cluster.kubectl(
        "-n", "huzhu", "wait", "--for=condition=Ready", "pod", "-l", "job-name=ops", "--timeout=60s"
    )


def test_a_migration_that_fails_replaces_no_process(
    cluster: Cluster, stood_in: StandIns, overlay: str
) -> None:
    stood_in.fails = lambda pod: pod["metadata"]["labels"]["app.kubernetes.io/name"] == "claims"
    before = {
        one["metadata"]["name"]: one["metadata"]["generation"]
        for one in cluster.get("deployment", "-l", WORKLOADS)
    }
    done = called(cluster, K8S / "roll-out.sh", K8S / "overlays" / overlay)
    assert (
        done.returncode != 0 and "claims-migrate" in done.stderr and "no process was replaced" in done.stderr
    )
    assert {
        one["metadata"]["name"]: one["metadata"]["generation"]
        for one in cluster.get("deployment", "-l", WORKLOADS)
    } == before


def test_no_process_may_ask_the_clusters_api(cluster: Cluster, overlay: str) -> None:
    for account in (one["metadata"]["name"] for one in cluster.get("serviceaccount")):
        who = f"--as=system:serviceaccount:huzhu:{account}"
        for what in (("get", "secrets"), ("create", "pods"), ("list", "nodes")):
            told = cluster.kubectl("-n", "huzhu", "auth", "can-i", *what, who, check=False)
            assert told.stdout.strip() == "no", f"{account}: {what}"


def test_the_demos_secrets_are_made_once_and_read_by_the_store_alone(cluster: Cluster, overlay: str) -> None:
    if overlay != "demo":
        pytest.skip("an installation has a secret store of its own")
    script = K8S / "overlays" / "demo" / "demo-secrets.sh"
    for _ in ("made", "kept"):
        done = called(cluster, script)
        assert done.returncode == 0 and done.stderr == "", done.stderr
    who = "--as=system:serviceaccount:huzhu:"
    told = [
        cluster.kubectl(
            "-n", "huzhu-secrets", "auth", "can-i", "get", "secrets", f"{who}{one}", check=False
        ).stdout.strip()
        for one in ("secrets", "claims-account")
    ]
    assert told == ["yes", "no"]
