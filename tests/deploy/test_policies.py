"""No Content-Security-Policy anywhere lets a page run a script that stands in it, or one of another place."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from common.http.headers import POLICY
from huzhu.stack.gateway_config import compose_gateway, gateway_config, image_gateway
from huzhu.supervisor.front import response_to

from ..conftest import ROOT

SAFE = re.compile(r"'self'|'none'|'sha256-[A-Za-z0-9+/=]+'|'nonce-[^']+'")
TOLD = re.compile(r"Content-Security-Policy\"?:?\s+\"?([^$\n]+?)\"?(?: always;)?\r?$", re.MULTILINE)
WHERE_NONE_IS_SAID = re.compile(
    r"map \$upstream_http_content_security_policy \$policy \{.* \"\" \"([^\"]+)\"; \}"
)
"""What nginx says for a service that says no policy itself."""
ROUTES = ROOT / "deploy" / "k8s" / "base" / "gateway" / "routes.yaml"
KINDS = {".py", ".conf", ".yaml", ".yml", ".toml", ".html", ".vue", ".ts", ".json", ".tpl", ""}


def loose(policy: str) -> Iterator[str]:
    """Say what a policy lets run: `script-src` and its two finer forms, each else by `default-src`."""
    said = {name: sources for name, *sources in (part.split() for part in policy.split(";") if part.strip())}
    for name in ("script-src", "script-src-elem", "script-src-attr"):
        sources = said.get(name, said.get("script-src", said.get("default-src")))
        if sources is None:
            yield f"{name} is not limited"
        else:
            yield from (f"{name} {one}" for one in sources if not SAFE.fullmatch(one))


def of_nginx(configuration: str) -> list[str]:
    return [*TOLD.findall(configuration), *WHERE_NONE_IS_SAID.findall(configuration)]


def of_routes() -> list[str]:
    rules = [rule for one in yaml.safe_load_all(ROUTES.read_text()) for rule in one["spec"].get("rules", ())]
    headers = [
        header
        for rule in rules
        for one in rule.get("filters", ())
        for header in one.get("responseHeaderModifier", {}).get("set", ())
    ]
    return [header["value"] for header in headers if header["name"] == "Content-Security-Policy"]


POLICIES = {
    "services and the local gateway": [POLICY],
    "the page while the platform starts": TOLD.findall(
        response_to("GET / HTTP/1.1\r\nAccept: text/html").decode()
    ),
    "the web image": of_nginx(gateway_config(image_gateway())),
    "one server": of_nginx(gateway_config(compose_gateway())),
    "the web image's file": of_nginx((ROOT / "deploy" / "images" / "nginx.conf").read_text()),
    "one server's file": of_nginx((ROOT / "deploy" / "compose" / "gateway.conf").read_text()),
}


def test_the_clusters_routes_replace_no_policy() -> None:
    assert of_routes() == [], "services say theirs, the web image its own"


@pytest.mark.parametrize("place", POLICIES)
def test_pages_run_no_script_of_their_own_text(place: str) -> None:
    assert POLICIES[place], "policies are found"
    assert {fault for policy in POLICIES[place] for fault in loose(policy)} == set()


@pytest.mark.parametrize(
    "policy",
    [
        POLICY + "; script-src 'self' 'unsafe-inline'",
        POLICY.replace("default-src 'self'", "default-src 'self' 'unsafe-eval'"),
        POLICY.replace("default-src 'self'; ", ""),
        "default-src 'self'; script-src *",
        "default-src 'self'; script-src 'self' https: data:",
        "default-src 'self'; script-src 'self'; script-src-attr 'unsafe-inline'",
    ],
)
def test_a_planted_loose_policy_is_seen(policy: str) -> None:
    assert list(loose(policy))


def sources() -> Iterator[Path]:
    for folder in ("deploy", "libs", "services", "web/apps"):
        for path in (ROOT / folder).rglob("*"):
            left_out = {"node_modules", "dist", "build", "__pycache__"} & set(path.parts)
            if path.suffix in KINDS and not left_out and path.is_file() and path.stat().st_size < 1_000_000:
                yield path


def test_no_source_writes_an_unsafe_word() -> None:
    """A policy that a route, a page or a later gateway writes by itself is seen, too."""
    looked_at = list(sources())
    found = [path for path in looked_at if b"'unsafe-" in path.read_bytes()]
    assert found == [] and len(looked_at) > 1000
