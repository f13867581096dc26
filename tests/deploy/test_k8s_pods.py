"""Names that refer to each other, routes and limits, what is reachable, and how pods are shut in."""

from collections.abc import Iterator

import pytest

from huzhu.home import SERVICES

from .manifests import Document, Manifests, pod_of, template_of

pytestmark = pytest.mark.deploy


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
    pods = [template_of(one)["metadata"]["labels"].items() for one in manifests.workloads]
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
    keys = manifests.shared_settings()["HUZHU_JWKS_URL"]
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
        labels = template_of(workload)["metadata"]["labels"]
        reached = [one for one in policies if one["podSelector"] and selects(one["podSelector"], labels)]
        assert reached, f"{workload['metadata']['name']} is shut in: no policy is about it"


def ways(policies: list[Document], kind: str, labels: dict[str, str], peer: dict[str, str]) -> set[int]:
    """The ports on which pods of these labels reach (Egress), or let in (Ingress), those of others of the namespace."""
    return {
        port["port"]
        for one in policies
        if kind in one["policyTypes"] and selects(one["podSelector"], labels)
        for rule in one.get(kind.lower(), ())
        for other in rule.get("to" if kind == "Egress" else "from", ())
        if "podSelector" in other and "namespaceSelector" not in other and selects(other["podSelector"], peer)
        for port in rule.get("ports", ())
    }


OPERATORS_PODS = {"huzhu-db-1": {"cnpg.io/cluster": "huzhu-db"}}
"""Pods that CloudNativePG makes; Strimzi says itself who reaches its own."""


def test_whoever_may_go_somewhere_is_let_in_there(manifests: Manifests) -> None:
    """A way that only one side opens hangs, and is seen on the day that it is needed."""
    policies = [one["spec"] for one in manifests.kind("NetworkPolicy")]
    pods = {one["metadata"]["name"]: template_of(one)["metadata"]["labels"] for one in manifests.workloads}
    pods |= OPERATORS_PODS
    opened = 0
    for name, labels in pods.items():
        for other, peer in pods.items():
            out, within = ways(policies, "Egress", labels, peer), ways(policies, "Ingress", peer, labels)
            assert out <= within, f"{name} may ask {other} at {out - within} and is not let in"
            opened += len(out)
    assert opened > 40
    # The liveness probe of a primary that has lost the cluster's API asks the other instances (CloudNativePG ≥ 1.27).
    database = OPERATORS_PODS["huzhu-db-1"]
    assert {5432, 8000} <= ways(policies, "Egress", database, database)


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
            assert "Job" in workload["kind"] or {"livenessProbe", "readinessProbe"} <= set(container), name


def test_commands_are_those_that_images_have(manifests: Manifests) -> None:
    from common.command import COMMANDS

    for service in SERVICES:
        for part, workload in manifests.processes(service).items():
            (command,) = pod_of(workload)["containers"][0]["args"]
            assert command == part and (command in COMMANDS or (service, command) == ("ocr", "recognition"))
