"""What schemas allow and controllers refuse: rate limits, certificates, pods that operators make, scaled processes."""

import ipaddress
import re
from typing import Any
from urllib.parse import urlsplit

import pytest

from .manifests import Document, Manifests
from .test_k8s_pods import selects

pytestmark = pytest.mark.deploy


def refusals_of(policy: Document) -> list[str]:
    """Why Envoy Gateway could not translate the policy; its routes would then answer 500.

    After `buildRateLimitRule` of its internal/gatewayapi/backendtrafficpolicy.go.
    """
    rules = policy["spec"].get("rateLimit", {}).get("global", {}).get("rules", [])
    return [fault for rule in rules for one in rule.get("clientSelectors", []) for fault in _selector(one)]


def _selector(selector: dict[str, Any]) -> list[str]:
    faults = [] if selector else ["neither header nor sourceCIDR"]
    for header in selector.get("headers", []):
        kind, value = header.get("type", "Exact"), header.get("value")
        if kind == "Distinct" and (value is not None or header.get("invert")):
            faults.append(f"{header['name']}: Distinct has no value and is never inverted")
        elif kind != "Distinct" and value is None:
            faults.append(f"{header['name']}: {kind} needs a value")
        elif kind == "RegularExpression":
            re.compile(value)
    if "sourceCIDR" in selector:
        ipaddress.ip_network(selector["sourceCIDR"]["value"])
    return faults


def test_the_gateway_can_translate_every_limit(manifests: Manifests) -> None:
    policies = manifests.kind("BackendTrafficPolicy")
    assert policies and [fault for one in policies for fault in refusals_of(one)] == []
    planted = {"headers": [{"name": "x", "type": "Distinct", "invert": True}]}
    assert refusals_of({"spec": {"rateLimit": {"global": {"rules": [{"clientSelectors": [planted]}]}}}})


def counted(policy: Document, headers: dict[str, str], address: str) -> list[str]:
    """What a request is counted under: by each rule whose selector it meets, the distinct parts."""
    found = []
    for rule in policy["spec"]["rateLimit"]["global"]["rules"]:
        (selector,) = rule["clientSelectors"]
        marks = [mark(header, headers.get(header["name"])) for header in selector.get("headers", [])]
        if "sourceCIDR" in selector:
            within = ipaddress.ip_address(address) in ipaddress.ip_network(selector["sourceCIDR"]["value"])
            marks.append(address if within else None)
        if None not in marks:
            found.append(":".join(one for one in marks if one))
    return found


def mark(header: dict[str, Any], value: str | None) -> str | None:
    """The part of the key that a header gives, empty where it only has to match; None: it does not."""
    if header["type"] == "Distinct":
        return value
    matches = value is not None and re.fullmatch(header["value"], value) is not None
    return "" if matches != header.get("invert", False) else None


def test_unions_are_counted_by_themselves_and_strangers_by_address(manifests: Manifests) -> None:
    policy = manifests.one("BackendTrafficPolicy", "api")
    assert counted(policy, {"x-huzhu-tenant": "wuxi"}, "198.51.100.7") == ["wuxi"]
    assert counted(policy, {}, "198.51.100.7") == ["198.51.100.7"]
    assert counted(policy, {}, "2001:db8::7") == ["2001:db8::7"]


def test_one_certificate_for_each_secret_and_its_solver_is_reached(manifests: Manifests) -> None:
    secrets = [one["spec"]["secretName"] for one in manifests.kind("Certificate")]
    for gateway in manifests.kind("Gateway"):
        named = {
            ref["name"]
            for one in gateway["spec"]["listeners"]
            for ref in one.get("tls", {}).get("certificateRefs", ())
        }
        notes = gateway["metadata"].get("annotations", {})
        if any(note.startswith("cert-manager.io/") for note in notes):
            secrets += named  # cert-manager makes one for each of them
        assert named <= set(secrets)
    assert len(secrets) == len(set(secrets)), (
        f"cert-manager refuses two Certificates of one Secret: {secrets}"
    )
    solver = {"acme.cert-manager.io/http01-solver": "true", "acme.cert-manager.io/http-domain": "1"}
    assert reached_from(manifests, "envoy-gateway-system", solver) == {8089}


def reached_from(manifests: Manifests, namespace: str, labels: dict[str, str]) -> set[int]:
    """The ports of a pod with these labels that the pods of another namespace reach."""
    return {
        port["port"]
        for policy in manifests.kind("NetworkPolicy")
        if "Ingress" in policy["spec"]["policyTypes"] and selects(policy["spec"]["podSelector"], labels)
        for rule in policy["spec"].get("ingress", ())
        for peer in rule.get("from", ())
        if peer.get("namespaceSelector", {}).get("matchLabels", {}).get("kubernetes.io/metadata.name")
        == namespace
        for port in rule["ports"]
    }


def missing_for_restricted(pod: dict[str, Any], container: dict[str, Any]) -> set[str]:
    """What pod security "restricted" asks for and a pod's template does not say."""
    outer, inner = pod.get("securityContext", {}), container.get("securityContext", {})
    both = outer | inner
    wanted = {
        "runAsNonRoot": both.get("runAsNonRoot") is True,
        "seccompProfile": both.get("seccompProfile", {}).get("type") in {"RuntimeDefault", "Localhost"},
        "allowPrivilegeEscalation": inner.get("allowPrivilegeEscalation") is False,
        "capabilities": "ALL" in inner.get("capabilities", {}).get("drop", []),
    }
    return {name for name, met in wanted.items() if not met}


def test_pods_that_strimzi_makes_are_admitted_to_the_namespace(manifests: Manifests) -> None:
    template = manifests.one("KafkaNodePool", "combined")["spec"]["template"]
    assert missing_for_restricted(template["pod"], template["kafkaContainer"]) == set()
    operator = manifests.one("Kafka", "huzhu")["spec"]["entityOperator"]
    for part in ("topicOperator", "userOperator"):
        assert part in operator
        template = operator.get("template", {})
        assert missing_for_restricted(template.get("pod", {}), template.get(f"{part}Container", {})) == set()
    assert missing_for_restricted({}, {}) == {
        *("runAsNonRoot", "seccompProfile", "allowPrivilegeEscalation", "capabilities")
    }


def test_controllers_of_other_namespaces_find_what_they_are_to_ask(manifests: Manifests) -> None:
    """A bare name of a Service is looked up where the one who asks runs: KEDA's namespace, the gateway's."""
    asked = [
        trigger["metadata"].get("bootstrapServers") or trigger["metadata"]["serverAddress"]
        for scaled in manifests.kind("ScaledObject")
        for trigger in scaled["spec"]["triggers"]
    ]
    asked += [
        provider["remoteJWKS"]["uri"]
        for policy in manifests.kind("SecurityPolicy")
        for provider in policy["spec"].get("jwt", {}).get("providers", ())
    ]
    assert len(asked) > 7
    for address in asked:
        host = urlsplit(address if "//" in address else f"//{address}").hostname or ""
        assert "." in host, f"{address}: name its namespace"
