"""The images: every step of their Dockerfiles runs, and what comes out works without root on a read-only system."""

import os
import re
import subprocess
import time
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import asyncpg
import httpx
import psutil
import pytest

from huzhu.home import SERVICES
from huzhu.stack.gateway_config import FILES, gateway_config

from ..conftest import Parts
from ..e2e.conftest import free_port
from .images import IMAGES, ROOT, build, start, why_not
from .manifests import tool

UID = 10001
needs_overlay = pytest.mark.skipif(why_not() is not None, reason=why_not() or "")


def script(name: str) -> ModuleType:
    spec = spec_from_file_location(name, IMAGES / f"{name}.py")
    assert spec and spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("image", script("closure").IMAGES)
def test_what_an_image_installs_is_what_its_distribution_needs(image: str) -> None:
    written = (IMAGES / "requirements" / f"{image}.txt").read_text()
    assert written == script("closure").text_of(image), "run: .venv/bin/python deploy/images/closure.py"
    subset = script("subset").subset((ROOT / "requirements.lock").read_text(), set(written.split()))
    assert subset.count("==") >= len(written.split()) and "--hash=sha256:" in subset
    assert ("rapidocr" in written.split()) == (image in {"ocr", "local"})


def test_a_package_that_is_not_locked_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing-like-it"):
        script("subset").subset((ROOT / "requirements.lock").read_text(), {"nothing-like-it"})


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_gateways_configuration_is_the_generated_one(path: Path) -> None:
    assert path.read_text() == gateway_config(FILES[path]()), (
        "run: .venv/bin/python -m huzhu.stack.gateway_config"
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_nginx_makes_all_its_folders_where_it_may_write(path: Path) -> None:
    """On a read-only root file system it does not start otherwise; a build for PyPI may lack what Debian's has."""
    made = re.findall(r"^ *(\w+)_temp_path (/tmp/\w+);", path.read_text(), re.MULTILINE)
    assert {name for name, _ in made} == {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"}
    assert len({folder for _, folder in made}) == len(made)


@pytest.mark.deploy
@pytest.mark.parametrize("name", ["service.Dockerfile", "web.Dockerfile", "operator.Dockerfile"])
def test_the_dockerfiles_pass_hadolint(name: str) -> None:
    told = subprocess.run([tool("hadolint"), IMAGES / name], capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout


@pytest.mark.deploy
@pytest.mark.timeout(600)
@needs_overlay
@pytest.mark.parametrize("service", SERVICES)
async def test_a_services_image(service: str, parts: Parts, tmp_path: Path) -> None:
    build("service.Dockerfile", tmp_path / "out", SERVICE=service)
    environment = await on_an_empty_database(service, parts)
    arguments = {"SERVICE": service}
    log = tmp_path / "log"
    migrating = start("service.Dockerfile", tmp_path / "out", ["migrate"], environment, log, **arguments)
    assert migrating.wait(180) == 0, log.read_text()

    port = free_port()
    environment = {name: value for name, value in environment.items() if "_OWNER_" not in name}
    environment |= {"PORT": str(port), "HUZHU_HOST": "127.0.0.1"}
    api = start("service.Dockerfile", tmp_path / "out", ["api"], environment, log, **arguments)
    try:
        until_ready(f"http://127.0.0.1:{port}/readyz", api, log)
        assert psutil.Process(api.pid).uids().real == UID
        assert (
            httpx.get(f"http://127.0.0.1:{port}/api/{service}/openapi.json", trust_env=False).status_code
            == 200
        )
    finally:
        api.terminate()
        api.wait(60)


async def on_an_empty_database(service: str, parts: Parts) -> dict[str, str]:
    """Only what this one service needs, as a container would get it."""
    database = f"huzhu_{service}_image_{os.getpid()}"
    admin = await asyncpg.connect(parts.postgres.dsn())
    await admin.execute(f"CREATE DATABASE {database} OWNER {service}_owner")
    await admin.close()
    values = parts.environment()
    prefix = f"{service.upper()}_"
    own = {name: value for name, value in values.items() if name.startswith(("HUZHU_", prefix))}
    urls = {
        name: value.rsplit("/", 1)[0] + f"/{database}"
        for name, value in own.items()
        if name.endswith("DATABASE_URL") and name.startswith(prefix)
    }
    return own | urls


def until_ready(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 120
    while time.monotonic() < end:
        assert process.poll() is None, log.read_text()[-3000:]
        try:
            if httpx.get(url, trust_env=False).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.2)
    raise AssertionError(log.read_text()[-3000:])


@pytest.mark.deploy
@pytest.mark.timeout(600)
@needs_overlay
def test_the_operators_image(parts: Parts, tmp_path: Path) -> None:
    build("operator.Dockerfile", tmp_path / "out")
    environment = parts.environment()
    for words, expected in (
        (["huzhu", "keys", "status"], "newest master key: 1"),
        (["huzhu", "tenant", "check", "/app/tenants/wuxi.yaml"], ""),
    ):
        log = tmp_path / "log"
        process = start("operator.Dockerfile", tmp_path / "out", words, environment, log)
        assert process.wait(120) == 0 and expected in log.read_text(), log.read_text()[-3000:]


@pytest.mark.deploy
@pytest.mark.timeout(900)
@needs_overlay
def test_the_web_image(tmp_path: Path) -> None:
    from huzhu.stack.gateway import nginx

    build("web.Dockerfile", tmp_path / "out")
    site = tmp_path / "out" / "image" / "upper"
    for name in (
        "member/index.html",
        "console/index.html",
        "documents/openapi.json",
        "documents/asyncapi.yaml",
        "pages/sandbox.html",
    ):
        assert (site / "site" / name).stat().st_size > 300, name
    # The base image's nginx is another build; the same configuration, with its places moved, serves the same files.
    port = free_port()
    # Its folder for what passes goes first: this test's own lies below /tmp too.
    text = (site / "etc/nginx/nginx.conf").read_text().replace("/tmp/", f"{tmp_path}/")
    text = text.replace("/site/", f"{site}/site/").replace("listen 8080", f"listen 127.0.0.1:{port}")
    (tmp_path / "nginx.conf").write_text("user root;\n" + text)
    process = subprocess.Popen([nginx(), "-p", tmp_path, "-c", tmp_path / "nginx.conf", "-e", "stderr"])
    try:
        until_ready(f"http://127.0.0.1:{port}/readyz", process, tmp_path / "nginx.conf")
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as http:
            assert http.get("/").headers["location"].endswith("/m/")
            page = http.get("/m/")
            assert page.status_code == 200 and "script-src" not in page.text
            assert page.headers["content-security-policy"].startswith("default-src 'self'")
            assert http.get("/api/openapi.json").json()["openapi"] == "3.1.0"
            assert http.get("/sandbox/").status_code == 404
    finally:
        process.terminate()
        process.wait(20)


def test_the_builder_reads_what_docker_reads() -> None:
    from .dockerfile import read

    *_, last = read(IMAGES / "service.Dockerfile", {"SERVICE": "claims"})
    assert last.user == "10001:10001" and last.command == ["/app/.venv/bin/python", "/app/start.py", "api"]
    assert last.environment["HUZHU_SERVICE"] == "claims" and last.image.startswith("python:3.11")
