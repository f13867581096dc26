"""Topics, rights, databases, roles and secrets are those that the code uses."""

import re
from typing import Any

import pytest

from huzhu.home import SERVICES
from huzhu.stack.gateway_config import demo_gateway, gateway_config, image_gateway
from huzhu.stack.rights import all_rights, rights_of_operators, topics

from .manifests import K8S, OPERATORS_SECRETS, ROOT, Manifests, pod_of

pytestmark = pytest.mark.deploy


def test_topics_and_rights_are_those_of_the_code(manifests: Manifests) -> None:
    assert {one["metadata"]["name"] for one in manifests.kind("KafkaTopic")} == set(topics())
    partitions = {one["spec"]["partitions"] for one in manifests.kind("KafkaTopic")}
    assert partitions == {int(manifests.shared_settings()["HUZHU_BUS_PARTITIONS"])}
    for rights in (*all_rights(), rights_of_operators()):
        service, given = rights.user, set()
        for acl in manifests.one("KafkaUser", service)["spec"]["authorization"]["acls"]:
            resource = acl["resource"]
            given |= {
                (resource["type"], resource["name"], resource["patternType"], one)
                for one in acl["operations"]
            }
        wanted = {
            ("topic", name, "literal", kind) for name in rights.writes for kind in ("Write", "Describe")
        }
        wanted |= {("topic", name, "literal", kind) for name in rights.reads for kind in ("Read", "Describe")}
        wanted |= {("group", service, "prefix", kind) for kind in ("Read", "Describe")}
        assert given == wanted, service
    assert not rights_of_operators().writes and set(rights_of_operators().reads) == set(topics())


def test_nothing_answered_is_on_one_broker_alone() -> None:
    manifests = Manifests.of("production")
    config = manifests.one("Kafka", "huzhu")["spec"]["kafka"]["config"]
    assert manifests.one("KafkaNodePool", "combined")["spec"]["replicas"] == 3
    assert config["default.replication.factor"] == 3 and config["min.insync.replicas"] == 2
    for topic in manifests.kind("KafkaTopic"):
        assert topic["spec"]["replicas"] == 3 and topic["spec"]["config"]["min.insync.replicas"] == 2


def test_the_log_is_archived_as_often_as_the_objective_says() -> None:
    promised = re.search(r"RPO ≤ (\d+) s", (ROOT / "docs/slo.md").read_text())
    parameters = Manifests.of("production").one("Cluster", "huzhu-db")["spec"]["postgresql"]["parameters"]
    assert promised and int(parameters["archive_timeout"].removesuffix("s")) <= int(promised[1])


def test_backups_go_to_stores_that_know_no_checksums_of_newer_clients() -> None:
    store = Manifests.of("production").one("ObjectStore", "huzhu-db-backup")["spec"]
    given = {one["name"]: one["value"] for one in store["instanceSidecarConfiguration"]["env"]}
    wanted = ("AWS_REQUEST_CHECKSUM_CALCULATION", "AWS_RESPONSE_CHECKSUM_VALIDATION")
    assert given == dict.fromkeys(wanted, "when_required")


def test_the_page_starts_everything_anew_that_reads_a_changed_secret(manifests: Manifests) -> None:
    """What External Secrets makes is read at a start: also by what is no process of ours."""
    text = (K8S / "README.md").read_text().split("## Secrets")[1].split("## ")[0]
    made = set(manifests.secrets())
    for workload in manifests.workloads:
        names = {name for name, _ in references(workload)} & made
        if not names or workload["kind"] in {"Job", "CronJob"}:
            continue
        name = workload["metadata"]["name"]
        component = workload["metadata"]["labels"]["app.kubernetes.io/component"]
        if workload["kind"] == "StatefulSet":
            # The demo's own object store has its keys from demo-secrets.sh, which changes none.
            assert f"rollout restart statefulset/{name}" in text or name == "seaweed", name
        else:
            (selected,) = re.findall(r"rollout restart deploy -l '[^']*in \(([^)]*)\)'", text)
            assert component in selected.split(", "), name
    order = [text.find(one) for one in ("force-sync", "statefulset/valkey", "restart deploy")]
    assert -1 not in order and order == sorted(order)


def without_archive(manifests: Manifests) -> list[str]:
    """Backups that CloudNativePG fails each time: their cluster has no such plugin, or the plugin no such archive."""
    archives = {one["metadata"]["name"] for one in manifests.kind("ObjectStore")}
    faults = []
    for backup in manifests.kind("ScheduledBackup"):
        plugin = backup["spec"]["pluginConfiguration"]["name"]
        cluster = manifests.one("Cluster", backup["spec"]["cluster"]["name"])["spec"]
        named = [one["parameters"] for one in cluster.get("plugins", ()) if one["name"] == plugin]
        if not named or named[0]["barmanObjectName"] not in archives:
            faults.append(backup["metadata"]["name"])
    return faults


def test_what_is_backed_up_has_an_archive(manifests: Manifests, overlay: str) -> None:
    assert without_archive(manifests) == []
    assert bool(manifests.kind("ScheduledBackup")) == (overlay == "production")
    stores = manifests.kind("ObjectStore")
    assert bool(stores) == bool(manifests.kind("ScheduledBackup")), "an archive that nobody writes"
    for cluster in manifests.kind("Cluster"):
        cluster["spec"]["plugins"] = []
    assert bool(without_archive(manifests)) == (overlay == "production"), "it would be seen"


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
            for data in one["spec"].get("data", ())
        }
        for one in manifests.kind("ExternalSecret")
    }


def test_every_value_of_the_secret_store_is_in_the_readme(manifests: Manifests, overlay: str) -> None:
    text = (K8S / "README.md").read_text()
    script = (K8S / "overlays/demo/demo-secrets.sh").read_text()
    for values in remote_keys(manifests).values():
        for key, name in values.values():
            assert f"`{name}`" in text, f"{key} {name}"
            assert overlay != "demo" or f"{name}=" in script, f"{key} {name}"


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


def test_the_demo_shows_the_messages_of_its_sandbox_and_production_has_no_such_page() -> None:
    demo, production = Manifests.of("demo"), Manifests.of("production")
    pod = pod_of(demo.one("Deployment", "web"))
    (volume,) = [one for one in pod["volumes"] if one["name"] == "nginx"]
    (mount,) = [one for one in pod["containers"][0]["volumeMounts"] if one["name"] == "nginx"]
    assert (mount["mountPath"], mount["subPath"]) == ("/etc/nginx/nginx.conf", "nginx.conf")
    written = demo.one("ConfigMap", volume["configMap"]["name"])["data"]["nginx.conf"]
    assert written == gateway_config(demo_gateway())
    assert "location = /sandbox/" in written and "location = /sandbox/" not in gateway_config(image_gateway())
    assert [one["name"] for one in pod_of(production.one("Deployment", "web"))["volumes"]] == ["tmp"]
    dockerfile = (ROOT / "deploy" / "images" / "web.Dockerfile").read_text()
    assert "cp -r ../deploy/local/huzhu/pages /site/pages" in dockerfile
