"""An operator's session: the settings of every service, the ways to all parts, and nothing that runs by itself."""

import pytest

from huzhu.home import SERVICES

from .manifests import K8S, ROOT, Manifests, filled, pod_of, template_of
from .settings import settings_class, variables
from .test_k8s_pods import selects

pytestmark = pytest.mark.deploy


def test_commands_find_the_settings_of_every_service(
    manifests: Manifests, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown, hidden = manifests.environment(manifests.one("CronJob", "operator"))
    assert not {name for name in hidden if "OWNER" in name}, "no command changes a schema"
    for name, value in {**shown, **{name: filled(text) for name, text in hidden.items()}}.items():
        monkeypatch.setenv(name, value)
    for service in SERVICES:
        wanted = {name for name, info in variables(settings_class(service)).items() if info.is_required()}
        assert wanted <= {*shown, *hidden}
        made = settings_class(service)()  # type: ignore[call-arg]
        assert made.bus == "kafka" and made.kafka_user == service and made.s3_access_key.get_secret_value()
        assert f"{service}_app" in made.database_url.get_secret_value()
    within = {f"http://{one['metadata']['name']}:8080" for one in manifests.kind("Service")}
    assert shown["HUZHU_URL"] in within | {shown["HUZHU_PUBLIC_URL"]}
    # A name that is reserved for tests is known to no name server, and no authority vouches for it.
    assert not shown["HUZHU_URL"].endswith(".test")


def test_nothing_of_it_runs_by_itself_and_a_session_ends() -> None:
    spec = Manifests.of("production").one("CronJob", "operator")["spec"]
    assert spec["suspend"] is True
    job = spec["jobTemplate"]["spec"]
    assert job["activeDeadlineSeconds"] <= 4 * 3600 and job["ttlSecondsAfterFinished"] <= 600
    container = pod_of(Manifests.of("production").one("CronJob", "operator"))["containers"][0]
    assert "huzhu/operator:" in container["image"]


def test_every_part_lets_an_operator_in(manifests: Manifests) -> None:
    labels = template_of(manifests.one("CronJob", "operator"))["metadata"]["labels"]
    worker = template_of(manifests.processes("claims")["worker"])["metadata"]["labels"]
    policies = {one["metadata"]["name"]: one["spec"] for one in manifests.kind("NetworkPolicy")}
    for name in ("services", "object-store", "operator"):
        assert selects(policies[name]["podSelector"], labels), name
    for name in ("database", "cache", *(["store"] if "store" in policies else [])):
        let_in = [peer["podSelector"] for peer in policies[name]["ingress"][0]["from"]]
        assert any(selects(one, labels) for one in let_in) and any(selects(one, worker) for one in let_in), (
            name
        )
    (listener,) = manifests.one("Kafka", "huzhu")["spec"]["kafka"]["listeners"]
    assert selects(listener["networkPolicyPeers"][0]["podSelector"], labels)


def test_the_pages_say_how_a_session_is_made() -> None:
    for page in (K8S / "README.md", ROOT / "docs/runbooks/README.md"):
        assert "create job" in page.read_text() and "--from=cronjob/operator" in page.read_text(), page


def test_what_a_runbook_scales_stays_so() -> None:
    """KEDA sets back what is below its least, or above what it wants, unless it was paused before."""
    for page in (ROOT / "docs/runbooks").glob("*.md"):
        before = ""
        for line in page.read_text().splitlines():
            if "kubectl" in line and " scale deploy" in line and "--replicas=0" in line:
                assert "autoscaling.keda.sh/paused-replicas=0" in before, page.name
            assert "scale deploy/" not in line, f"{page.name}: every process of a service has an autoscaler"
            before += line


def test_a_restore_stops_deletes_makes_anew_and_starts_in_this_order() -> None:
    page = (ROOT / "docs/runbooks/restore.md").read_text()
    steps = (
        "paused-replicas=0",
        "--replicas=0",
        '"persistentVolumeReclaimPolicy":"Retain"',
        "delete cluster.postgresql.cnpg.io huzhu-db",
        "restore: {from: huzhu-db",
        "roll-out.sh --parts",
        "huzhu keys status",
        "huzhu verify",
        "roll-out.sh production",
        "paused-replicas-\n",
        "--replicas=1",
    )
    places = [page.find(step) for step in steps]
    assert -1 not in places and places == sorted(places)
