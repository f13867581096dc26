"""The manifests hold together, and hold everything that the code needs."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from common.bus.kafka_access import kafka_access
from huzhu.home import SERVICES
from huzhu.stack.rights import rights_of, topics

from .manifests import (
    CHECKS,
    K8S,
    OPERATORS_SECRETS,
    OVERLAYS,
    ROOT,
    Document,
    Manifests,
    built,
    filled,
    pod_of,
)
from .settings import (
    is_secret,
    literal_variables,
    metric_names,
    process_variables,
    settings_class,
    stores_objects,
    variables,
)

pytestmark = pytest.mark.deploy
CRDS = Path(__file__).with_name("crds")
KUBERNETES = "1.34"
# checkov's rules that do not hold here, and why.
NOT_HELD = {
    "CKV_K8S_43": "digests are pinned by the installation that built and tried the images",
    "CKV_K8S_15": "tags are never moved; pulling at each start makes the registry a part that can fail",
    "CKV_K8S_11": "a CPU limit throttles a process that nobody else needs the core of",
    "CKV_K8S_35": "settings come from the environment alone, on a laptop as here; /proc of a pod is its own",
}


@pytest.fixture(params=OVERLAYS)
def overlay(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def manifests(overlay: str) -> Manifests:
    return Manifests.of(overlay)


BUILT_IN = re.compile(r"^(v1|apps/|batch/|policy/|autoscaling/|networking\.k8s\.io/)")


def test_kinds_of_kubernetes_keep_to_their_schemas(overlay: str, tmp_path: Path) -> None:
    documents = [one for one in Manifests.of(overlay).documents if BUILT_IN.match(one["apiVersion"])]
    assert len(documents) > 80
    path = tmp_path / "manifests.yaml"
    path.write_text(yaml.safe_dump_all(documents))
    tool = [CHECKS / "kubernetes-validate", "--strict", "--no-warn", "-k", KUBERNETES, path]
    told = subprocess.run(tool, capture_output=True, text=True, check=False)
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
    tool = [CHECKS / "checkov", "-f", path, "--framework", "kubernetes", "--compact", "--quiet", "-o", "json"]
    told = subprocess.run([*tool, "--skip-check", skipped], capture_output=True, text=True, check=False)
    result = json.loads(told.stdout)
    failed = [
        f"{one['check_id']} {one['resource']} {one['check_name']}"
        for one in result["results"]["failed_checks"]
    ]
    assert failed == [] and result["summary"]["passed"] > 1000, told.stderr


@pytest.mark.parametrize("service", SERVICES)
def test_every_setting_that_a_service_reads_is_given_and_nothing_else(
    service: str, manifests: Manifests
) -> None:
    settings = settings_class(service)
    wanted = variables(settings)
    processes = manifests.processes(service)
    assert {"api", "worker", "migrate"} <= set(processes)
    owner = f"{service.upper()}_OWNER_DATABASE_URL"
    shared = {
        name for other in SERVICES for name in variables(settings_class(other)) if name.startswith("HUZHU_")
    }
    known = {
        *wanted,
        *shared,
        *process_variables(),
        *literal_variables("libs/common/common", f"services/{service}/{service}"),
    }
    for part, workload in processes.items():
        shown, hidden = manifests.environment(workload)
        given = {**shown, **hidden}
        needed = {name for name, info in wanted.items() if info.is_required()}
        needed |= {
            "HUZHU_BUS",
            "HUZHU_KAFKA_SERVERS",
            "HUZHU_KAFKA_SECURITY",
            f"{service.upper()}_KAFKA_USER",
        }
        needed |= {name for name in wanted if name == "HUZHU_PUBLIC_URL"}
        if stores_objects(service):
            needed |= {"HUZHU_S3_ENDPOINT", "HUZHU_S3_ACCESS_KEY", "HUZHU_S3_SECRET_KEY"}
        assert needed <= set(given), f"{service}-{part} lacks {needed - set(given)}"
        ours = {name for name in given if name.startswith(("HUZHU_", f"{service.upper()}_"))}
        assert ours - known - {owner} == set(), f"{service}-{part}: nobody reads {ours - known}"
        foreign = {
            name
            for name in given
            for other in SERVICES
            if other != service and name.startswith(f"{other.upper()}_")
        }
        assert foreign == set(), f"{service}-{part} knows what is another's"
        assert [name for name in shown if name in wanted and is_secret(wanted[name])] == []
        assert (owner in given) == (part == "migrate"), (
            f"{service}-{part}: only the migration may own the schema"
        )


@pytest.mark.parametrize("service", SERVICES)
def test_the_settings_are_accepted(
    service: str, manifests: Manifests, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_class(service)
    for name in variables(settings):
        monkeypatch.delenv(name, raising=False)
    shown, hidden = manifests.environment(manifests.processes(service)["worker"])
    for name, value in {**shown, **{name: filled(text) for name, text in hidden.items()}}.items():
        monkeypatch.setenv(name, value)
    made = settings()  # type: ignore[call-arg]
    assert made.bus == "kafka" and made.kafka_user == service
    with pytest.raises(OSError):  # the authority's file lies in the pod; everything before it is right
        kafka_access(
            made.kafka_security,
            ca_file=made.kafka_ca_file,
            user=made.kafka_user,
            password=made.kafka_password.get_secret_value(),
        )


def test_topics_and_rights_are_those_of_the_code(manifests: Manifests) -> None:
    assert {one["metadata"]["name"] for one in manifests.kind("KafkaTopic")} == set(topics())
    partitions = {one["spec"]["partitions"] for one in manifests.kind("KafkaTopic")}
    assert partitions == {int(manifests.settings()["huzhu-settings"]["HUZHU_BUS_PARTITIONS"])}
    for service in SERVICES:
        given = set()
        for acl in manifests.one("KafkaUser", service)["spec"]["authorization"]["acls"]:
            resource = acl["resource"]
            given |= {
                (resource["type"], resource["name"], resource["patternType"], one)
                for one in acl["operations"]
            }
        rights = rights_of(service)
        wanted = {
            ("topic", name, "literal", kind) for name in rights.writes for kind in ("Write", "Describe")
        }
        wanted |= {("topic", name, "literal", kind) for name in rights.reads for kind in ("Read", "Describe")}
        wanted |= {("group", service, "prefix", kind) for kind in ("Read", "Describe")}
        assert given == wanted, service


def test_nothing_answered_is_on_one_broker_alone() -> None:
    manifests = Manifests.of("production")
    config = manifests.one("Kafka", "huzhu")["spec"]["kafka"]["config"]
    assert manifests.one("KafkaNodePool", "combined")["spec"]["replicas"] == 3
    assert config["default.replication.factor"] == 3 and config["min.insync.replicas"] == 2
    for topic in manifests.kind("KafkaTopic"):
        assert topic["spec"]["replicas"] == 3 and topic["spec"]["config"]["min.insync.replicas"] == 2


@pytest.mark.parametrize("service", SERVICES)
def test_each_service_has_its_database_and_its_roles(service: str, manifests: Manifests) -> None:
    database = manifests.one("Database", f"huzhu-{service}")["spec"]
    assert (database["name"], database["owner"]) == (f"huzhu_{service}", f"{service}_owner")
    cluster = manifests.one("Cluster", database["cluster"]["name"])["spec"]
    roles = {role["name"]: role for role in cluster["managed"]["roles"]}
    secrets = manifests.secrets()
    sources = remote_keys(manifests)
    expected = {
        f"{service.upper()}_DATABASE_URL": "app",
        f"{service.upper()}_RELAY_DATABASE_URL": "relay",
        f"{service.upper()}_OWNER_DATABASE_URL": "owner",
    }
    _, hidden = manifests.environment(manifests.processes(service)["migrate"])
    for name, kind in expected.items():
        role = roles[f"{service}_{kind}"]
        assert role["login"] and not {
            "superuser",
            "bypassrls",
            "createdb",
            "createrole",
            "replication",
        } & set(role)
        made = secrets[role["passwordSecret"]["name"]]
        assert made["username"] == role["name"]
        assert re.fullmatch(
            rf"postgresql\+asyncpg://{service}_{kind}:\{{\{{ \.\w+ \| urlquery \}}\}}@huzhu-db-rw:5432/huzhu_{service}",
            hidden[name],
        )
        # The role's password and the one in the address come from the same place.
        place = sources[role["passwordSecret"]["name"]]["password"]
        address = sources[f"{service}-owner" if kind == "owner" else f"{service}-secrets"][kind]
        assert place == address == (f"huzhu-{service}", f"{kind}_password")
    rule = f"hostssl huzhu_{service} {service}_owner,{service}_app,{service}_relay all scram-sha-256"
    rules = cluster["postgresql"]["pg_hba"]
    assert rule in rules and rules[-1] == "host all all all reject"


def remote_keys(manifests: Manifests) -> dict[str, dict[str, tuple[str, str]]]:
    """Where each value of each Secret comes from."""
    return {
        one["metadata"]["name"]: {
            data["secretKey"]: (data["remoteRef"]["key"], data["remoteRef"]["property"])
            for data in one["spec"]["data"]
        }
        for one in manifests.kind("ExternalSecret")
    }


def test_every_value_of_the_secret_store_is_in_the_readme(manifests: Manifests) -> None:
    text = (K8S / "README.md").read_text()
    script = (K8S / "overlays/demo/demo-secrets.sh").read_text()
    for values in remote_keys(manifests).values():
        for key, name in values.values():
            assert f"`{name}`" in text, f"{key} {name}"
            assert f"{name}=" in script, f"{key} {name}"


def references(node: Any, place: str = "") -> list[tuple[str, str | None]]:
    """Every Secret that a document names, with the key where one is named."""
    found: list[tuple[str, str | None]] = []
    if isinstance(node, dict):
        for name, value in node.items():
            if name in {"secretRef", "passwordSecret"}:
                found.append((value["name"], None))
            elif name in {"secretKeyRef", "accessKeyId", "secretAccessKey"}:
                found.append((value["name"], value["key"]))
            elif name == "secretTargetRef":
                found += [(one["name"], one["key"]) for one in value]
            elif name == "secret" and isinstance(value, dict):
                secret = value.get("secretName") or value["name"]
                found += [(secret, item["key"]) for item in value.get("items", ())] or [(secret, None)]
            else:
                found += references(value, name)
    elif isinstance(node, list):
        for one in node:
            found += references(one, place)
    return found


def test_every_secret_that_is_used_exists_with_its_key(manifests: Manifests) -> None:
    made = {name: set(data) for name, data in manifests.secrets().items()} | OPERATORS_SECRETS
    used = [reference for one in manifests.documents for reference in references(one)]
    assert len(used) > 80
    for name, key in used:
        assert name in made, f"nobody makes the Secret {name}"
        assert key is None or key in made[name], f"the Secret {name} has no {key}"
    store = {one["metadata"]["name"] for one in manifests.kind("SecretStore")}
    assert {one["spec"]["secretStoreRef"]["name"] for one in manifests.kind("ExternalSecret")} <= store


def names_referred_to(manifests: Manifests) -> Iterator[tuple[str, str]]:
    """Every (kind, name) that some document names, Secrets left out."""
    for workload in manifests.workloads:
        pod = pod_of(workload)
        yield "ServiceAccount", pod["serviceAccountName"]
        sources = [source for container in pod["containers"] for source in container.get("envFrom", ())]
        yield from (("ConfigMap", one["configMapRef"]["name"]) for one in sources if "configMapRef" in one)
    for scaled in manifests.kind("HorizontalPodAutoscaler", "ScaledObject"):
        yield "Deployment", scaled["spec"]["scaleTargetRef"]["name"]
        known = [
            trigger["authenticationRef"]
            for trigger in scaled["spec"].get("triggers", ())
            if "authenticationRef" in trigger
        ]
        yield from (("TriggerAuthentication", one["name"]) for one in known)
    for route in manifests.kind("HTTPRoute"):
        backends = [backend for rule in route["spec"]["rules"] for backend in rule.get("backendRefs", ())]
        yield from (("Service", one["name"]) for one in backends)
        yield from (("Gateway", one["name"]) for one in route["spec"]["parentRefs"])
    for policy in manifests.kind("BackendTrafficPolicy", "SecurityPolicy", "ClientTrafficPolicy"):
        yield from ((target["kind"], target["name"]) for target in policy["spec"]["targetRefs"])


def test_every_name_that_is_referred_to_exists(manifests: Manifests) -> None:
    names = {(one["kind"], one["metadata"]["name"]) for one in manifests.documents}
    used = set(names_referred_to(manifests))
    assert len(used) > 40 and used - names == set()


def test_services_find_their_pods(manifests: Manifests) -> None:
    pods = [one["spec"]["template"]["metadata"]["labels"].items() for one in manifests.workloads]
    for service in manifests.kind("Service"):
        assert any(service["spec"]["selector"].items() <= labels for labels in pods), service["metadata"][
            "name"
        ]
    for budget in manifests.kind("PodDisruptionBudget"):
        assert sum(budget["spec"]["selector"]["matchLabels"].items() <= labels for labels in pods) == 1, (
            budget
        )


def test_the_gateway_routes_every_service_under_the_platforms_paths(manifests: Manifests) -> None:
    routed = {
        match["path"]["value"]: rule["backendRefs"][0]
        for rule in manifests.one("HTTPRoute", "api")["spec"]["rules"]
        for match in rule["matches"]
    }
    assert routed == {f"/api/{name}/": {"name": f"{name}-api", "port": 8080} for name in SERVICES}
    keys = manifests.settings()["huzhu-settings"]["HUZHU_JWKS_URL"]
    assert keys == "http://identity-api:8080/api/identity/.well-known/jwks.json"


def test_each_union_has_a_limit_of_its_own_that_clients_cannot_choose() -> None:
    manifests = Manifests.of("production")
    rules = manifests.one("BackendTrafficPolicy", "api")["spec"]["rateLimit"]["global"]["rules"]
    header = rules[0]["clientSelectors"][0]["headers"][0]
    assert header == {"name": "x-huzhu-tenant", "type": "Distinct"}
    jwt = manifests.one("SecurityPolicy", "tenant-of-token")["spec"]["jwt"]["providers"][0]
    assert jwt["claimToHeaders"] == [{"claim": "actor.tenant", "header": "x-huzhu-tenant"}]
    early = manifests.one("ClientTrafficPolicy", "huzhu")["spec"]["headers"]["earlyRequestHeaders"]
    assert "x-huzhu-tenant" in early["remove"]


def test_nothing_is_reachable_by_default(manifests: Manifests) -> None:
    policies = [one["spec"] for one in manifests.kind("NetworkPolicy")]
    assert {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]} in policies
    for workload in manifests.workloads:
        labels = workload["spec"]["template"]["metadata"]["labels"]
        reached = [one for one in policies if one["podSelector"] and selects(one["podSelector"], labels)]
        assert reached, f"{workload['metadata']['name']} is shut in: no policy is about it"


def selects(selector: Document, labels: dict[str, str]) -> bool:
    exact = selector.get("matchLabels", {}).items() <= labels.items()
    return exact and all(
        labels.get(one["key"]) in one["values"] for one in selector.get("matchExpressions", ())
    )


def test_pods_are_restricted(manifests: Manifests) -> None:
    namespace = manifests.one("Namespace", "huzhu")["metadata"]["labels"]
    assert namespace["pod-security.kubernetes.io/enforce"] == "restricted"
    for account in manifests.kind("ServiceAccount"):
        assert account["automountServiceAccountToken"] is False
    for workload in manifests.workloads:
        pod, name = pod_of(workload), workload["metadata"]["name"]
        assert pod["automountServiceAccountToken"] is False and pod["securityContext"]["runAsNonRoot"], name
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, name
        for container in pod["containers"]:
            context = container["securityContext"]
            assert context["readOnlyRootFilesystem"] and not context["allowPrivilegeEscalation"], name
            assert context["capabilities"] == {"drop": ["ALL"]}, name
            assert {"cpu", "memory"} <= set(container["resources"]["requests"]), name
            assert "memory" in container["resources"]["limits"], name
            assert workload["kind"] == "Job" or {"livenessProbe", "readinessProbe"} <= set(container), name


def test_commands_are_those_that_images_have(manifests: Manifests) -> None:
    from common.command import COMMANDS

    for service in SERVICES:
        for part, workload in manifests.processes(service).items():
            (command,) = pod_of(workload)["containers"][0]["args"]
            assert command == part and (command in COMMANDS or (service, command) == ("ocr", "recognition"))


def test_alerts_and_dashboards_use_metrics_that_exist() -> None:
    known = metric_names()
    texts = [path.read_text() for path in (K8S / "base/observability").rglob("*") if path.is_file()]
    used = {name for text in texts for name in re.findall(r"\bhuzhu_[a-z0-9_]+", text)}
    derived = {"huzhu_http_requests_per_second"}
    assert len(used) > 12 and used - derived - known == set()
    asked = {
        metric["pods"]["metric"]["name"]
        for one in Manifests.of("production").kind("HorizontalPodAutoscaler")
        for metric in one["spec"]["metrics"]
        if metric["type"] == "Pods"
    }
    assert asked == derived


def test_each_alert_names_a_runbook_that_exists() -> None:
    groups = Manifests.of("production").one("PrometheusRule", "huzhu")["spec"]["groups"]
    alerts = [rule for group in groups for rule in group["rules"] if "alert" in rule]
    assert len(alerts) > 10
    for rule in alerts:
        assert (ROOT / rule["annotations"]["runbook"]).is_file(), rule["alert"]
        assert rule["labels"]["severity"] in {"page", "ticket"} and rule["annotations"]["summary"]
