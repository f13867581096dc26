"""The Compose file of a single server: it keeps to the specification and gives the services what their code reads."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import jsonschema_rs
import pytest
import yaml

from common.bus.postgres import MOST_CONNECTIONS
from huzhu.home import SERVICES, Home
from huzhu.parts import EmbeddedPostgres
from huzhu.parts.postgres_cluster import binary
from huzhu.running import local_environment, public_url
from huzhu.service_contexts import worker_of
from huzhu.stack.gateway_config import compose_gateway

from ..stack_broker import short_lived_home
from .capacity import MIGRATION, OF_ITS_OWN, OPERATORS, RESERVED, pools_of
from .manifests import ROOT
from .settings import (
    is_secret,
    literal_variables,
    process_variables,
    settings_class,
    stores_objects,
    variables,
)

COMPOSE = ROOT / "deploy" / "compose"
SCHEMA = Path(__file__).with_name("compose-spec.json")
INSTALLED = {
    "HUZHU_HOST_NAME": "huzhu.example.org",
    "HUZHU_VERSION": "1",
    "HUZHU_OPERATOR_USER": "10001:10001",
    "HUZHU_ARCHIVE": "archive",
    "HUZHU_NEW_ARCHIVE": "",
    "HUZHU_TRUSTED_PROXIES": "127.0.0.1/32",
}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the folder in which the secrets were made."""
    folder = tmp_path_factory.mktemp("compose") / "compose"
    shutil.copytree(COMPOSE, folder)
    run(folder / "prepare.sh", "huzhu.example.org")
    return folder


def run(*argv: object, environment: dict[str, str] | None = None) -> str:
    words = [str(word) for word in argv]
    done = subprocess.run(words, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def read(folder: Path) -> dict[str, Any]:
    """The file as Compose reads it: variables put in, anchors followed."""
    text = re.sub(
        r"\$\{(\w+)[^}]*\}", lambda found: INSTALLED[found[1]], (folder / "compose.yaml").read_text()
    )
    made: dict[str, Any] = yaml.safe_load(text)
    return made


def lines(path: Path) -> dict[str, str]:
    return dict(
        line.split("=", 1)
        for line in path.read_text().splitlines()
        if "=" in line and not line.startswith("#")
    )


def environment_of(folder: Path, service: dict[str, Any]) -> tuple[dict[str, str], dict[str, str]]:
    hidden: dict[str, str] = {}
    for name in service.get("env_file", ()):
        hidden |= lines(folder / name)
    return dict(service.get("environment", {})), hidden


def test_it_keeps_to_the_specification(prepared: Path) -> None:
    schema = json.loads(SCHEMA.read_text())
    document = read(prepared)
    faults = [
        f"{list(one.instance_path)} {one.message}"
        for one in jsonschema_rs.validator_for(schema).iter_errors(document)
    ]
    assert faults == []
    document["services"]["web"]["comand"] = ["x"]
    assert list(jsonschema_rs.validator_for(schema).iter_errors(document))


def test_preparing_again_changes_no_secret(prepared: Path) -> None:
    before = {path.name: path.read_bytes() for path in (prepared / "secrets").iterdir() if path.is_file()}
    assert "已存在" in run(prepared / "prepare.sh", "other.example.org")
    assert {
        path.name: path.read_bytes() for path in (prepared / "secrets").iterdir() if path.is_file()
    } == before
    words = [value for name in before for value in lines(prepared / "secrets" / name).values()]
    # Those of providers are the installation's own.
    assert len([word for word in words if word]) > 40 and not [word for word in words if 0 < len(word) < 6]


@pytest.mark.parametrize("name", SERVICES)
@pytest.mark.parametrize("part", ["api", "worker", "migrate"])
def test_every_setting_is_given_and_nothing_else(prepared: Path, name: str, part: str) -> None:
    wanted = variables(settings_class(name))
    shared = {
        one for other in SERVICES for one in variables(settings_class(other)) if one.startswith("HUZHU_")
    }
    literal = literal_variables("libs/common/common", f"services/{name}/{name}")
    shown, hidden = environment_of(prepared, read(prepared)["services"][f"{name}-{part}"])
    given = {**shown, **hidden}
    needed = {one for one, info in wanted.items() if info.is_required()} | {
        "HUZHU_BUS",
        "HUZHU_BUS_DATABASE_URL",
    }
    if stores_objects(name):
        needed |= {"HUZHU_S3_ENDPOINT", "HUZHU_S3_ACCESS_KEY", "HUZHU_S3_SECRET_KEY"}
    assert needed <= set(given)
    owner = {f"{name.upper()}_OWNER_DATABASE_URL", "BUS_OWNER_DATABASE_URL"} if part == "migrate" else set()
    unknown = (
        set(given) - set(wanted) - shared - literal - process_variables() - owner - {"FORWARDED_ALLOW_IPS"}
    )
    assert unknown == set()
    assert [one for one in shown if one in wanted and is_secret(wanted[one])] == []
    assert any("OWNER" in one for one in given) == (part == "migrate")


def test_the_settings_are_accepted(prepared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SERVICES:
        shown, hidden = environment_of(prepared, read(prepared)["services"][f"{name}-api"])
        for variable, value in {**shown, **hidden}.items():
            monkeypatch.setenv(variable, value)
        made = settings_class(name)()  # type: ignore[call-arg]
        assert made.environment == "production" and made.bus == "postgres"
        # Who sends SMS is the installation's own: until its keys are there notify does not start.
        named = [line.split()[1] for line in made.unmet()]
        assert named == (
            [f"NOTIFY_ALIYUN_ACCESS_KEY_{kind}" for kind in ("ID", "SECRET")] if name == "notify" else []
        )


CONSUMERS = 2
"""Of a worker at most: one, or one for the express events beside it; each holds a connection."""


def connections(document: dict[str, Any], folder: Path) -> int:
    """All that may be open on one server; PostgreSQL carries the events too."""
    found = len(SERVICES) * MIGRATION + OPERATORS + MOST_CONNECTIONS + 1 + RESERVED
    for name, container in document["services"].items():
        service, _, part = name.partition("-")
        if service in SERVICES and part in OF_ITS_OWN:
            shown, hidden = environment_of(folder, container)
            found += pools_of(service, {**shown, **hidden}) + OF_ITS_OWN[part]
            found += MOST_CONNECTIONS + CONSUMERS if part == "worker" else 0
    return found


def test_the_most_that_may_run_fits_into_the_database(prepared: Path) -> None:
    document = read(prepared)
    (given,) = [word for word in document["services"]["postgres"]["command"] if "max_connections" in word]
    limit, most = int(given.partition("=")[2]), connections(document, prepared)
    assert most <= limit
    assert f"{most} at the most, of {limit}" in (prepared / "README.md").read_text()
    for container in document["services"].values():
        for name in [one for one in container.get("environment", {}) if one.endswith("_POOL_SIZE")]:
            del container["environment"][name]
    assert connections(document, prepared) > limit, "pools of the default size would be too many"


def test_containers_are_hardened_and_bounded(prepared: Path) -> None:
    for name, service in read(prepared)["services"].items():
        assert service["read_only"] and service["cap_drop"] == ["ALL"], name
        assert "no-new-privileges:true" in service["security_opt"] and "mem_limit" in service, name
        assert ("ports" in service) == (name == "edge"), f"{name} is open to the outside"


def test_no_other_user_of_the_machine_reads_a_secret(prepared: Path) -> None:
    secrets = prepared / "secrets"
    inside = {Path(one["file"]).name for one in read(prepared)["secrets"].values()}
    secrets.chmod(0o711)  # as an earlier version left it
    for path in secrets.glob("*.*"):
        path.chmod(0o644)
    run(prepared / "prepare.sh", "huzhu.example.org")
    assert secrets.stat().st_mode & 0o777 == 0o700
    # Past the closed folder only what is mounted into a container is readable, by the user there.
    readable = {path.name for path in secrets.iterdir() if path.stat().st_mode & 0o044}
    assert readable == inside | {"merchants"}


def test_what_a_pack_or_a_provider_names_has_a_place(prepared: Path) -> None:
    services = read(prepared)["services"]
    for name in ("identity-api", "identity-worker", "notify-worker"):
        assert "secrets/packs.env" in services[name]["env_file"], name
    for kind in ("api", "worker"):
        service = services[f"enrollment-{kind}"]
        named = Path(service["environment"]["ENROLLMENT_WECHAT_MERCHANTS"])
        (mount,) = service["volumes"]
        outside, inside, _ = mount.split(":")
        assert json.loads((prepared / outside / named.relative_to(inside)).read_text()) == {}
    told = "".join(
        (prepared / "secrets" / f"{name}.env").read_text() for name in ("identity", "notify", "packs")
    )
    for word in ("NOTIFY_ALIYUN_ACCESS_KEY_SECRET", "NOTIFY_TENCENT_SECRET_KEY", "IDENTITY_TENCENT_SECRET_KEY",
                 "HUZHU_HANDOVER_"):  # fmt: skip
        assert word in told
    asked = variables(settings_class("notify")) | variables(settings_class("identity"))
    commented = re.findall(r"^#?([A-Z]+_[A-Z_]+)=", told, re.MULTILINE)
    assert [one for one in commented if not one.startswith("HUZHU_") and one not in asked] == []


def test_what_an_earlier_version_did_not_make_is_made(prepared: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(prepared, tmp_path / "older"))
    (folder / "secrets" / "packs.env").unlink()
    shutil.rmtree(folder / "secrets" / "merchants")
    (folder / ".env").write_text("HUZHU_HOST_NAME=huzhu.example.org\nHUZHU_VERSION=1")  # no end of the line
    run(folder / "prepare.sh", "huzhu.example.org")
    assert (folder / "secrets" / "packs.env").is_file() and (
        folder / "secrets/merchants/merchants.json"
    ).is_file()
    assert lines(folder / ".env")["HUZHU_VERSION"] == "1" and lines(folder / ".env")["HUZHU_OPERATOR_USER"]


def test_the_upgrade_calls_what_makes_the_missing_files_before_anything_else() -> None:
    steps = (COMPOSE / "README.md").read_text().split("## Upgrade")[1].split("```")[1]
    assert steps.index("git checkout") < steps.index("./prepare.sh ") < steps.index("docker compose")
    assert steps.index("./prepare.sh ") < steps.index("./backup.sh"), "it calls docker compose"


def test_another_name_is_refused_in_words(prepared: Path) -> None:
    told = subprocess.run(
        [prepared / "prepare.sh", "other.example.org"], capture_output=True, text=True, check=True
    ).stderr
    assert "huzhu.example.org" in told and "other.example.org" in told and ".env" in told
    nothing = subprocess.run([prepared / "prepare.sh"], capture_output=True, text=True, check=False)
    assert nothing.returncode == 2 and "usage" in nothing.stderr


STAYS_ROOT = {"edge": {"NET_BIND_SERVICE"}, "archive-folders": {"CHOWN", "DAC_OVERRIDE", "FOWNER"}}
"""Who starts as root and stays it, with the rights that compose.yaml gives back for its one purpose."""


def test_no_container_needs_a_right_that_it_was_refused(prepared: Path) -> None:
    """An entry that starts as root and becomes somebody else needs SETUID: each server's user is named here."""
    for name, service in read(prepared)["services"].items():
        own_image = service["image"].startswith("huzhu-")
        as_root = service.get("user", "root") in {"root", "0", "0:0"}
        assert own_image or name in STAYS_ROOT or not as_root, name
        assert set(service.get("cap_add", ())) == STAYS_ROOT.get(name, set()), name


def test_the_operators_container_has_all_that_commands_need(
    prepared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = read(prepared)["services"]["operator"]
    shown, hidden = environment_of(prepared, service)
    for name in [name for name in os.environ if name.startswith(("HUZHU_", *(s.upper() for s in SERVICES)))]:
        monkeypatch.delenv(name)
    for variable, value in {**shown, **hidden, "HUZHU_HOME": str(prepared / "none")}.items():
        monkeypatch.setenv(variable, value)
    given = local_environment()
    assert "OWNER" not in " ".join(given) and given["IDENTITY_PLATFORM_OPERATORS"].startswith("ops1:")
    assert public_url() == "http://web:8080" and service["profiles"] == ["operator"]
    probed = dict(one.strip().split("=", 1) for one in given["HUZHU_PROBES"].split(","))
    kinds = ("-api", "-worker", "-recognition")
    processes = {name for name in read(prepared)["services"] if name.endswith(kinds)}
    assert set(probed) == processes and len(processes) == 2 * len(SERVICES) + 1
    edge = read(prepared)["services"][given["HUZHU_EDGE"].split(":")[0]]
    assert set(service["networks"]) & set(edge["networks"]), "the certificate is looked at where it is shown"
    for name, url in probed.items():
        path = f"/api/{name.removesuffix('-api')}/readyz" if name.endswith("-api") else "/readyz"
        assert url == f"http://{name}:8080{path}"
    for name in SERVICES:
        worker_of(name)
    assert (prepared / "operator").stat().st_mode & 0o777 == 0o700


def test_the_gateway_knows_the_containers(prepared: Path) -> None:
    services = read(prepared)["services"]
    for (place,) in compose_gateway().upstreams.values():
        assert place.split(":")[0] in services
    for name in SERVICES:
        assert (
            services[f"{name}-api"]["depends_on"][f"{name}-migrate"]["condition"]
            == "service_completed_successfully"
        )


@pytest.fixture
async def empty_postgres() -> AsyncIterator[EmbeddedPostgres]:
    home = short_lived_home("huzhu-compose-")
    async with EmbeddedPostgres(home, services=()) as postgres:
        yield postgres
    shutil.rmtree(home.path.parent, ignore_errors=True)


async def test_the_databases_init_script_makes_roles_that_reach_their_own_database_only(
    prepared: Path, empty_postgres: EmbeddedPostgres
) -> None:
    admin = await asyncpg.connect(empty_postgres.dsn())
    for made in ("huzhu_bus",):
        await admin.execute(f"DROP DATABASE {made}")
    await admin.execute("DROP ROLE bus_app, bus_owner")
    await admin.close()
    passwords = lines(prepared / "secrets" / "postgres.env")
    connection = {
        "PGHOST": "127.0.0.1",
        "PGPORT": str(empty_postgres.port),
        "PGPASSWORD": Home(empty_postgres.home.path).secrets.role("postgres"),
        "PATH": f"{binary('psql').parent}:{os.environ['PATH']}",
    }
    run(prepared / "roles.sh", environment={**passwords, **connection})
    for name in SERVICES:
        url = lines(prepared / "secrets" / f"{name}.env")[f"{name.upper()}_DATABASE_URL"]
        own = url.replace("+asyncpg", "").replace("@postgres:5432", f"@127.0.0.1:{empty_postgres.port}")
        session = await asyncpg.connect(own)
        rights = await session.fetchrow(
            "SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"
        )
        assert tuple(rights) == (False, False)
        await session.close()
        other = "huzhu_notify" if name != "notify" else "huzhu_claims"
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await asyncpg.connect(own.rsplit("/", 1)[0] + f"/{other}")
