"""What the operators' releases that README.md names know of: the version of Kafka, the algorithm of tokens.

Read from the files themselves: needs no kustomize.
"""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from common.auth.tokens import ALGORITHM
from huzhu.parts.kafka_jars import KAFKA_VERSION
from identity.keys.service import PUBLISHED_BEFORE

from .manifests import K8S

pytestmark = pytest.mark.deploy
README = (K8S / "README.md").read_text()
KNOWN: dict[str, list[str]] = yaml.safe_load(Path(__file__).with_name("strimzi-versions.yaml").read_text())


def numbers(version: str) -> tuple[int, ...]:
    return tuple(int(one) for one in re.findall(r"\d+", version.split("-", maxsplit=1)[0]))


def kafka() -> dict[str, Any]:
    documents = yaml.safe_load_all((K8S / "base/kafka/cluster.yaml").read_text())
    (spec,) = [one["spec"]["kafka"] for one in documents if one["kind"] == "Kafka"]
    return dict(spec)


def strangers(version: str, first: str, last: str) -> list[str]:
    """Releases of Strimzi from the first to the last that refuse this version of Kafka."""
    within = [one for one in KNOWN if numbers(first) <= numbers(one) <= numbers(last)]
    assert {first, last} <= set(within), f"strimzi-versions.yaml does not know {first} or {last}"
    return [one for one in within if version not in KNOWN[one]]


def test_every_strimzi_that_the_page_names_supports_the_version_of_kafka() -> None:
    ((first, last),) = re.findall(r"Strimzi \((\d+\.\d+) to (\d+\.\d+),", README)
    version = str(kafka()["version"])
    assert strangers(version, first, last) == []
    assert last == max(KNOWN, key=numbers), "the newest that is known here"
    assert strangers("4.1.1", "0.49", "1.2") == ["1.1", "1.2"], "what is not known would be seen"


def test_the_metadata_are_not_newer_than_the_brokers_so_that_there_is_a_way_back() -> None:
    spec = kafka()
    version, metadata = numbers(str(spec["version"]))[:2], numbers(str(spec["metadataVersion"]))[:2]
    assert (version[0], version[1] - 1) <= metadata <= version
    steps = ("Before a newer Strimzi", "raise Kafka first", "`metadataVersion` last")
    places = [README.find(step) for step in steps]
    assert -1 not in places and places == sorted(places)


def test_the_stack_of_the_tests_runs_the_kafka_of_the_cluster() -> None:
    assert kafka()["version"] == KAFKA_VERSION


IMPLEMENTED_BY_ENVOY = {
    *("ES256", "ES384", "ES512", "HS256", "HS384", "HS512", "RS256", "RS384", "RS512"),
    *("PS256", "PS384", "PS512", "EdDSA"),
}
"""Its source/common/jwt/jwt.cc, isImplemented; any other `alg` of a token, or of a key, is refused."""


def provider() -> dict[str, Any]:
    documents = yaml.safe_load_all((K8S / "base/gateway/limits.yaml").read_text())
    (policy,) = [one for one in documents if one["kind"] == "SecurityPolicy"]
    assert policy["spec"]["jwt"]["optional"] is True, "whoever is not signed in comes through"
    (found,) = policy["spec"]["jwt"]["providers"]
    return dict(found)


def test_the_gateway_verifies_the_tokens_that_are_issued() -> None:
    assert ALGORITHM in IMPLEMENTED_BY_ENVOY
    lines = (K8S / "base/settings.env").read_text().splitlines()
    settings = dict(line.split("=", 1) for line in lines if not line.startswith("#"))
    assert provider()["issuer"] == settings["HUZHU_ISSUER"]
    asked = re.sub(r"\.huzhu\.svc\.cluster\.local", "", provider()["remoteJWKS"]["uri"])
    assert asked == settings["HUZHU_JWKS_URL"]


def test_the_gateway_has_a_key_before_it_signs() -> None:
    cached = re.fullmatch(r"(\d+)s", provider()["remoteJWKS"]["cacheDuration"])
    assert cached and timedelta(seconds=int(cached[1])) * 3 < PUBLISHED_BEFORE
