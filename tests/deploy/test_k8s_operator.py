"""An operator's session: the settings of every service, the ways to all parts, and nothing that runs by itself."""

from urllib.parse import urlsplit

import pytest

from huzhu.home import SERVICES

from .manifests import K8S, ROOT, Manifests, filled, pod_of, template_of
from .settings import settings_class, variables
from .test_k8s_pods import selects, ways

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


def test_an_operator_asks_every_pod_of_every_process(manifests: Manifests) -> None:
    """Each name of HUZHU_PROBES has the addresses of one kind of process, ready or not, and the way there is open."""
    shown, _ = manifests.environment(manifests.one("CronJob", "operator"))
    probed = dict(one.strip().split("=", 1) for one in shown["HUZHU_PROBES"].split(","))
    operator = template_of(manifests.one("CronJob", "operator"))["metadata"]["labels"]
    policies = [one["spec"] for one in manifests.kind("NetworkPolicy")]
    pods = {
        f"{service}-{kind}": template_of(workload)
        for service in SERVICES
        for kind, workload in manifests.processes(service).items()
        if kind in ("api", "worker", "recognition")
    }
    assert set(probed) == set(pods) and len(pods) == 2 * len(SERVICES) + 1
    every = [template_of(one)["metadata"]["labels"] for one in manifests.workloads]
    for name, pod in pods.items():
        url = urlsplit(probed[name])
        service = manifests.one("Service", url.hostname or "")["spec"]
        assert service["clusterIP"] == "None" and service["publishNotReadyAddresses"] is True, name
        met = [labels for labels in every if service["selector"].items() <= labels.items()]
        assert met == [pod["metadata"]["labels"]], f"{name}: and no other"
        (container,) = pod["spec"]["containers"]
        (listening,) = [one["containerPort"] for one in container["ports"]]
        path = f"/api/{name.removesuffix('-api')}/readyz" if name.endswith("-api") else "/readyz"
        assert (url.scheme, url.port, url.path) == ("http", listening, path)
        for kind, one, other in (("Egress", operator, met[0]), ("Ingress", met[0], operator)):
            assert listening in ways(policies, kind, one, other), f"{name} {kind}"


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
