"""An installation of one's own: its folder lies anywhere, its names stand in one file, providers are components."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import SecretStr

from .manifests import K8S, ROOT, Manifests, built, built_from, pod_of
from .settings import is_secret, settings_class, variables
from .test_k8s_schemas import BUILT_IN, faults_of

pytestmark = pytest.mark.deploy
COMPONENTS = sorted(one.name for one in (K8S / "components").iterdir())
README = (K8S / "README.md").read_text()


def own(folder: Path, *more: str) -> Path:
    """Make an installation's folder as an operator does."""
    done = subprocess.run(
        [str(K8S / "own-overlay.sh"), str(folder), *more], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return folder


def with_components(folder: Path, *names: str) -> Path:
    """Switch components of a folder on that are not."""
    path = folder / "kustomization.yaml"
    text = path.read_text()
    front = re.findall(r"- (\S+)/components/installation", text)[0]
    for name in names:
        if not re.search(rf"^ *- \S*/components/{name}", text, re.MULTILINE):
            text = text.replace("components:\n", f"components:\n  - {front}/components/{name}\n")
    path.write_text(text)
    return folder


def named(folder: Path, **values: Any) -> Path:
    """Put values into an installation's file."""
    path = folder / "installation.yaml"
    document = yaml.safe_load(path.read_text())
    for place, value in values.items():
        *outer, last = place.split("__")
        node = document["spec"]
        for name in outer:
            node = node[name]
        node[last] = value
    path.write_text(yaml.safe_dump(document))
    return folder


def test_a_folder_outside_the_repository_builds_the_same(tmp_path: Path) -> None:
    made = own(tmp_path / "ours" / "production")
    assert "overlays" not in (made / "kustomization.yaml").read_text()
    assert built_from(made) == built("production")
    again = subprocess.run([str(K8S / "own-overlay.sh"), str(made)], capture_output=True, check=False)
    assert again.returncode == 1, "what is there stays"


def test_a_folder_on_an_unnamed_version_is_refused_before_it_is_made(tmp_path: Path) -> None:
    argv = [str(K8S / "own-overlay.sh"), str(tmp_path / "production"), "https://git.example.org/huzhu.git"]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "REF" in done.stderr and not (tmp_path / "production").exists()


def test_a_folder_may_build_on_a_version_that_git_fetches(tmp_path: Path) -> None:
    origin = tmp_path / "origin"
    shutil.copytree(K8S, origin / "deploy" / "k8s")
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "x"], ["tag", "v1"]):
        who = ["-c", "user.name=x", "-c", "user.email=x@example.org"]
        subprocess.run(["git", *who, *words], cwd=origin, check=True)
    made = own(tmp_path / "production", f"git::file://{origin}", "v1")
    assert built_from(made) == built("production")


def leaves(node: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(node, dict) and "addresses" not in place:
        for name, value in node.items():
            yield from leaves(value, f"{place}__{name}" if place else name)
    else:
        yield place, node


def values_of(node: Any) -> Iterator[Any]:
    if isinstance(node, dict | list):
        for one in node.values() if isinstance(node, dict) else node:
            yield from values_of(one)
    else:
        yield node


CHANGED = {
    "objectStore__endpoint": "store.example.net:9000",
    "objectStore__port": 9000,
    "objectStore__addresses": [{"ipBlock": {"cidr": "10.1.2.0/24"}}, {"ipBlock": {"cidr": "10.1.3.7/32"}}],
    "dns__addresses": [{"ipBlock": {"cidr": "169.254.20.10/32"}}, {"ipBlock": {"cidr": "10.96.0.10/32"}}],
    "secretStore__server": "https://safe.example.net:8200",
    "monitoring__prometheus": "http://prometheus.watch:9090",
    "monitoring__prober": "looks.watch:9115",
    "monitoring__traces": "http://collector.watch:4319",
    "monitoring__tracesPort": 4319,
    "host": "huzhu.example.net",
    "sms": "tencent",
    "wechat": "wechat",
}


def test_every_name_of_an_installation_arrives_and_none_is_left(tmp_path: Path) -> None:
    made = own(tmp_path / "production")
    spec = yaml.safe_load((made / "installation.yaml").read_text())["spec"]
    given = {place: CHANGED.get(place, f"other-{place.lower()}") for place, _ in leaves(spec)}
    manifests = Manifests.read(built_from(named(made, **given)))
    assert not manifests.kind("Installation"), "it is not applied itself"
    everything = list(values_of(list(manifests.documents)))
    for place, value in given.items():
        assert f"`{place.replace('__', '.')}`" in README, place
        if place == "dns__addresses":
            assert manifests.one("NetworkPolicy", "names")["spec"]["egress"][1]["to"] == value
        elif isinstance(value, list):
            egress = [
                manifests.one("NetworkPolicy", f"{name}-store")["spec"]["egress"]
                for name in ("object", "backup")
            ]
            assert egress == [[{"to": value, "ports": [{"protocol": "TCP", "port": 9000}]}]] * 2
        else:
            assert any(one == value or str(value) in str(one) for one in everything), place
    assert not [
        one for one in everything if isinstance(one, str) and "example.org" in one and "registry" not in one
    ]
    assert not [one for one in everything if isinstance(one, str) and ".monitoring:" in one]
    selected = {
        name
        for one in peers(manifests.documents)
        for name in one["namespaceSelector"].get("matchNames")
        or [one["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"]]
    }
    assert selected == {one for place, one in given.items() if "namespace" in place.lower()}
    assert [
        fault
        for one in manifests.documents
        if not BUILT_IN.match(one["apiVersion"])
        for fault in faults_of(one)
    ] == []


def read_by(manifests: Manifests) -> dict[str, set[str]]:
    """The ConfigMaps that each process reads, from its environment or as files."""
    found = {}
    for workload in manifests.workloads:
        pod = pod_of(workload)
        sources = [one for container in pod["containers"] for one in container.get("envFrom", ())]
        names = {one["configMapRef"]["name"] for one in sources if "configMapRef" in one}
        names |= {one["configMap"]["name"] for one in pod.get("volumes", ()) if "configMap" in one}
        found[workload["metadata"]["name"]] = names
    return found


def test_a_changed_name_reaches_every_process_that_reads_it(tmp_path: Path) -> None:
    """Half of the processes would go on with the old object store until somebody starts them anew."""
    made = own(tmp_path / "production")
    before = read_by(Manifests.read(built_from(made)))
    assert before == read_by(Manifests.of("production")), "the same gives the same names"
    after = read_by(Manifests.read(built_from(named(made, objectStore__endpoint="store.example.net"))))
    changed = {name for name, maps in before.items() if after[name] != maps}
    assert changed == {name for name, maps in before.items() if any("huzhu-settings" in one for one in maps)}
    assert len(changed) == 20
    for name, maps in before.items():
        assert all(re.search(r"-[a-z0-9]{10}$", one) for one in maps), f"{name}: {maps} roll nothing out"


def peers(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        if "namespaceSelector" in node:
            yield node
        for one in node.values():
            yield from peers(one)
    elif isinstance(node, list | tuple):
        for one in node:
            yield from peers(one)


PROVIDERS = {
    "sms-aliyun": ("notify", {"NOTIFY_ALIYUN_ACCESS_KEY_ID", "NOTIFY_ALIYUN_ACCESS_KEY_SECRET"}),
    "sms-tencent": (
        "notify",
        {"NOTIFY_TENCENT_SECRET_ID", "NOTIFY_TENCENT_SECRET_KEY", "NOTIFY_TENCENT_SMS_APP_ID"},
    ),
    "faces-tencent": (
        "identity",
        {"IDENTITY_TENCENT_SECRET_ID", "IDENTITY_TENCENT_SECRET_KEY", "IDENTITY_TENCENT_FACEID_RULE"},
    ),
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Manifests:
    """An installation that uses everything there is."""
    folder = with_components(own(tmp_path_factory.mktemp("own") / "production"), *COMPONENTS)
    restore = {"from": "huzhu-db", "until": "2026-11-28 03:00:00+00"}
    named(
        folder, sms="aliyun,tencent", wechat="wechat", database={"archive": "huzhu-db-2", "restore": restore}
    )
    return Manifests.read(built_from(folder))


def test_every_component_is_in_the_readme_and_keeps_to_the_schemas(whole: Manifests) -> None:
    for name in COMPONENTS:
        assert f"`{name}`" in README or f"components/{name}" in README, name
    custom = [one for one in whole.documents if not BUILT_IN.match(one["apiVersion"])]
    assert [fault for one in custom for fault in faults_of(one)] == []
    for one in whole.kind("ExternalSecret"):
        for source in one["spec"].get("data", ()):
            assert f"`{source['remoteRef']['property']}`" in README, source
        for source in one["spec"].get("dataFrom", ()):
            assert f"`{source['extract']['key']}`" in README, source


def test_every_secret_of_a_service_has_a_place(whole: Manifests) -> None:
    left_out = {"IDENTITY_PLATFORM_SECRET", "HUZHU_BUS_DATABASE_URL"}
    """An operator without a name, and the bus that Kafka is in place of."""
    for service in ("identity", "enrollment", "claims", "notify", "ocr", "activities"):
        wanted = variables(settings_class(service))
        shown, hidden = whole.environment(whole.processes(service)["worker"])
        secret = {name for name, info in wanted.items() if is_secret(info)} - left_out
        assert secret <= set(hidden), f"{service}: no place for {secret - set(hidden)}"
        assert not secret & set(shown)
    for service, names in PROVIDERS.values():
        shown, hidden = whole.environment(whole.processes(service)["api"])
        assert names <= set(hidden) and names <= set(variables(settings_class(service)))


def test_merchants_are_a_file_where_the_service_looks_for_it(whole: Manifests) -> None:
    for part in ("api", "worker"):
        workload = whole.processes("enrollment")[part]
        shown, _ = whole.environment(workload)
        assert shown["ENROLLMENT_PAYMENTS"] == "wechat"
        pod = pod_of(workload)
        volume = {one["name"]: one for one in pod["volumes"]}["wechat-pay"]
        (mount,) = [one for one in pod["containers"][0]["volumeMounts"] if one["name"] == "wechat-pay"]
        assert shown["ENROLLMENT_WECHAT_MERCHANTS"] == f"{mount['mountPath']}/merchants.json"
        assert volume["secret"]["secretName"] in whole.secrets() and mount["readOnly"]


def test_secrets_that_packs_name_reach_those_who_read_them_and_nobody_else(whole: Manifests) -> None:
    having = {
        workload["metadata"]["name"]
        for workload in whole.workloads
        for source in pod_of(workload)["containers"][0].get("envFrom", ())
        if source.get("secretRef", {}).get("name") == "pack-secrets"
    }
    assert having == {"identity-api", "identity-worker", "notify-api", "notify-worker"}
    named = {
        name
        for path in (ROOT / "tenants").glob("*.yaml")
        for name in re.findall(r"key_env: (\w+)", path.read_text())
    }
    assert len(named) > 5
    assert {re.sub(r"^(HUZHU_[A-Z]+_).*", r"\1", one) for one in named} <= set(
        re.findall(r"`(HUZHU_[A-Z]+_)…`", README)
    )


def test_a_restored_database_comes_from_the_backup_and_archives_elsewhere(whole: Manifests) -> None:
    cluster = whole.one("Cluster", "huzhu-db")["spec"]
    recovery = cluster["bootstrap"]["recovery"]
    assert set(cluster["bootstrap"]) == {"recovery"}
    assert recovery["recoveryTarget"] == {"targetTime": "2026-11-28 03:00:00+00"}
    (source,) = cluster["externalClusters"]
    (archive,) = cluster["plugins"]
    assert source["name"] == recovery["source"] and source["plugin"]["name"] == archive["name"]
    assert source["plugin"]["parameters"] == {**archive["parameters"], "serverName": "huzhu-db"}
    assert archive["isWALArchiver"] and archive["parameters"]["serverName"] == "huzhu-db-2"


def test_the_page_says_how_operators_words_are_written_and_where_the_demos_messages_are_read() -> None:
    from identity.platform.rules import operators_of
    from identity.settings import IdentitySettings
    from notify.auth import PUBLIC_ROUTES

    (written,) = set(re.findall(r"`(ops1:[^`]+)`", README)) - {"ops1:"}
    words = IdentitySettings.model_construct(
        platform_operators=SecretStr(written.replace("<word>", "a" * 24)), platform_secret=SecretStr("")
    )
    assert set(operators_of(words)) == {"ops1", "ops2"}
    (path,) = set(re.findall(r"huzhu\.test/api/notify(/[\w/]+)", README))
    assert ("GET", path) in PUBLIC_ROUTES
    settings = Manifests.of("demo").shared_settings()
    assert settings["HUZHU_ENVIRONMENT"] == "local" and settings["HUZHU_PUBLIC_URL"] == "https://huzhu.test"
    assert "huzhu tenant admin" in README
