"""The manifests keep to the schemas of Kubernetes and of the operators, and to checkov's policies."""

import json
import re
import subprocess
from pathlib import Path

import jsonschema_rs
import pytest
import yaml

from .manifests import Document, Manifests, built, tool

pytestmark = [pytest.mark.deploy, pytest.mark.timeout(900)]
CRDS = Path(__file__).with_name("crds")
KUBERNETES = "1.34"
# checkov's rules that do not hold here, and why.
NOT_HELD = {
    "CKV_K8S_43": "digests are pinned by the installation that built and tried the images",
    "CKV_K8S_15": "tags are never moved; pulling at each start makes the registry a part that can fail",
    "CKV_K8S_11": "a CPU limit throttles a process that nobody else needs the core of",
    "CKV_K8S_35": "settings come from the environment alone, on a laptop as here; /proc of a pod is its own",
}
BUILT_IN = re.compile(r"^(v1|apps/|batch/|policy/|autoscaling/|networking\.k8s\.io/)")


def test_kinds_of_kubernetes_keep_to_their_schemas(overlay: str, tmp_path: Path) -> None:
    documents = [one for one in Manifests.of(overlay).documents if BUILT_IN.match(one["apiVersion"])]
    assert len(documents) > 80
    path = tmp_path / "manifests.yaml"
    path.write_text(yaml.safe_dump_all(documents))
    argv = [tool("kubernetes-validate"), "--strict", "--no-warn", "-k", KUBERNETES, path]
    told = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert told.returncode == 0 and "ERROR" not in told.stdout, told.stdout + told.stderr


def test_kinds_of_the_operators_keep_to_their_schemas(manifests: Manifests) -> None:
    custom = [one for one in manifests.documents if not BUILT_IN.match(one["apiVersion"])]
    assert len(custom) > 50
    assert [fault for one in custom for fault in faults_of(one)] == []


def faults_of(document: Document) -> list[str]:
    group, version = document["apiVersion"].split("/")
    path = CRDS / f"{group}_{version}_{document['kind']}.json".lower()
    if not path.is_file():
        return [f"{document['kind']}: no schema {path.name}"]
    found = jsonschema_rs.validator_for(json.loads(path.read_text())).iter_errors(document)
    name = f"{document['kind']} {document['metadata']['name']}"
    return [f"{name}: {'.'.join(map(str, one.instance_path))} {one.message}" for one in found]


def test_a_wrong_custom_resource_is_seen() -> None:
    topic = Manifests.of("production").one("KafkaTopic", "claims")
    assert faults_of(topic) == []
    assert faults_of({**topic, "spec": {**topic["spec"], "partitoins": 3}})
    assert faults_of({**topic, "spec": {**topic["spec"], "partitions": "three"}})


def test_policies_hold(overlay: str, tmp_path: Path) -> None:
    path = tmp_path / "manifests.yaml"
    path.write_text(built(overlay))
    skipped = ",".join(NOT_HELD)
    argv = [tool("checkov"), "-f", path, "--framework", "kubernetes", "--compact", "--quiet", "-o", "json"]
    # It asks nobody: what it needs is in it.
    argv += ["--skip-download", "--skip-check", skipped]
    told = subprocess.run(argv, capture_output=True, text=True, check=False)
    result = json.loads(told.stdout)
    failed = [
        f"{one['check_id']} {one['resource']} {one['check_name']}"
        for one in result["results"]["failed_checks"]
    ]
    assert failed == [] and result["summary"]["passed"] > 1000, told.stderr
