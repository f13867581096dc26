"""`roll-out.sh` on a `kubectl` that writes down what it is asked: folders, parts alone, how a failure is told."""

import subprocess
from pathlib import Path

import pytest

from .manifests import K8S, ROOT, Manifests, kustomize
from .test_k8s_installations import own

pytestmark = pytest.mark.deploy
MIGRATIONS = "claims-migrate SuccessCriteriaMet=True Complete=True\nocr-migrate Complete=True\n"
REPLACED = "claims-api|2|2|2|2|2|2\nweb|1|1|1|1|1|1\n"
PODS = "claims-api-7d-x: ContainersNotReady unready: [service] ErrImagePull not found\nweb-5f-y: \n"
KUBECTL = """#!/bin/sh
printf '%s\\n' "$*" >>{log}
case "$*" in
  kustomize*) test -d "$2" ;;
  *"wait --for=condition=Ready $NOT_READY"*) exit 1 ;;
  *"get job"*) printf "$JOBS" ;;
  *"get deployment"*) printf "$DEPLOYMENTS" ;;
  *"get pod"*) printf "$PODS" ;;
  *"get kafka"*) echo "NotReady=True UnsupportedKafkaVersion: Unsupported Kafka.spec.kafka.version" ;;
  *logs*) echo "psycopg: column is there already" ;;
esac
"""


@pytest.fixture
def cluster(tmp_path: Path) -> tuple[Path, dict[str, str]]:
    """A `kubectl` that writes down what it was asked, and an environment in which it is found."""
    log = tmp_path / "asked"
    program = tmp_path / "bin" / "kubectl"
    program.parent.mkdir()
    program.write_text(KUBECTL.format(log=log))
    program.chmod(0o755)
    return log, {
        "PATH": f"{program.parent}:/usr/bin:/bin",
        "JOBS": MIGRATIONS,
        "NOT_READY": "none",
        "PODS": "",
        "DEPLOYMENTS": REPLACED,
    }


def test_roll_out_takes_folders_here_and_anywhere(
    tmp_path: Path, cluster: tuple[Path, dict[str, str]]
) -> None:
    log, environment = cluster
    made = own(tmp_path / "production")
    for words, start in (
        (["overlays/production"], ROOT),
        (["production"], tmp_path),
        ([str(made)], ROOT),
    ):
        log.unlink(missing_ok=True)
        subprocess.run([str(K8S / "roll-out.sh"), *words], cwd=start, env=environment, check=True)
        asked = log.read_text().splitlines()
        assert any("step=migrate" in line for line in asked)
        assert all("--force-conflicts" in line for line in asked if line.startswith("apply")), (
            "the files hold"
        )


def test_parts_alone_are_rolled_out_for_a_restore(cluster: tuple[Path, dict[str, str]]) -> None:
    log, environment = cluster
    subprocess.run([str(K8S / "roll-out.sh"), "--parts", "overlays/production"], env=environment, check=True)
    applied = [line for line in log.read_text().splitlines() if line.startswith("apply")]
    assert len(applied) == 1 and "component notin (api, worker, recognition, web)" in applied[0]


def rolled_out(environment: dict[str, str], **more: str) -> subprocess.CompletedProcess[str]:
    argv = [str(K8S / "roll-out.sh"), "overlays/production"]
    return subprocess.run(
        argv, env={**environment, **more}, capture_output=True, text=True, check=False, timeout=60
    )


@pytest.mark.parametrize(
    ("jobs", "seconds"),
    [
        ("claims-migrate FailureTarget=True Failed=True\nocr-migrate\n", "1800"),
        ("claims-migrate\nocr-migrate Complete=True\n", "0"),
    ],
    ids=["failed", "never ends"],
)
def test_a_migration_that_fails_ends_it_at_once_with_its_log(
    cluster: tuple[Path, dict[str, str]], jobs: str, seconds: str
) -> None:
    log, environment = cluster
    done = rolled_out(environment, JOBS=jobs, MIGRATE_SECONDS=seconds)
    assert done.returncode != 0
    assert "claims-migrate" in done.stderr and "column is there already" in done.stderr
    assert "ocr-migrate" not in done.stderr and "no process was replaced" in done.stderr
    applied = [line for line in log.read_text().splitlines() if line.startswith("apply")]
    assert len(applied) == 2, "no process was replaced"


def test_a_migration_whose_image_does_not_come_is_told_while_it_is_waited_for(
    cluster: tuple[Path, dict[str, str]],
) -> None:
    """Half an hour would pass until it counts as failed."""
    log, environment = cluster
    done = rolled_out(environment, JOBS="claims-migrate\n", MIGRATE_SECONDS="1", PODS=PODS)
    assert done.returncode != 0 and done.stderr.count("kept from coming") == 1
    assert done.stderr.index("ErrImagePull") < done.stderr.index("has not ended well")
    (template,) = {
        one["spec"]["template"]["metadata"]["labels"]["app.kubernetes.io/component"]
        for one in Manifests.of("production").kind("Job")
    }
    assert f"get pod -l app.kubernetes.io/component={template}" in log.read_text()


@pytest.mark.parametrize(
    ("state", "why"),
    [
        ("claims-api|3|2|2|2|2|2", "nobody has looked at it yet"),
        ("claims-api|2|2|2|1|3|2", "one of two is new"),
        ("claims-api|2|2|1|1|2|1", "an old one is left"),
        ("claims-api|2|2|1|1|1|", "the new one is not ready"),
        ("claims-api|1||1|||", "none has come"),
    ],
    ids=lambda text: text,
)
def test_a_version_that_does_not_come_is_told_with_what_keeps_it(
    cluster: tuple[Path, dict[str, str]], state: str, why: str
) -> None:
    _, environment = cluster
    waiting = f"{state}\nweb|1|1|1|1|1|1\n"
    done = rolled_out(environment, DEPLOYMENTS=waiting, PODS=PODS, REPLACE_SECONDS="0")
    assert done.returncode != 0 and "claims-api-7d-x: " in done.stderr and "ErrImagePull" in done.stderr
    assert "not replaced: claims-api\n" in done.stderr and "web-5f" not in done.stderr


def test_a_part_that_does_not_come_is_told_in_its_operators_words(
    cluster: tuple[Path, dict[str, str]],
) -> None:
    log, environment = cluster
    done = rolled_out(environment, NOT_READY="kafka/huzhu")
    assert done.returncode != 0 and "UnsupportedKafkaVersion" in done.stderr
    assert "step=migrate" not in log.read_text().split("apply", 2)[-1]


def test_a_value_that_a_newer_release_asks_for_is_named_before_anything_is_changed(tmp_path: Path) -> None:
    """Someone's own folder was made by an earlier release."""
    made = own(tmp_path / "production")
    path = made / "installation.yaml"
    path.write_text("".join(x for x in path.read_text().splitlines(True) if "prober:" not in x))
    done = subprocess.run([*kustomize(), str(made)], capture_output=True, text=True, check=False)
    told = "fieldPath `spec.monitoring.prober` is missing"
    assert done.returncode != 0 and told in done.stderr and told in (K8S / "README.md").read_text()
    script = (K8S / "roll-out.sh").read_text()
    assert script.index("kubectl kustomize") < script.index("kubectl apply")
