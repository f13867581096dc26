"""Alerts and dashboards ask for metrics that exist, with labels that they have; each alert names a runbook.

Read from the files themselves: needs no kustomize.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from huzhu.home import SERVICES

from .manifests import K8S, ROOT
from .settings import metric_labels

OBSERVING = K8S / "base" / "observability"
FILES = ("rules.yaml", "rules-production.yaml")
RULES = [
    group for name in FILES for group in yaml.safe_load((OBSERVING / name).read_text())["spec"]["groups"]
]
DASHBOARDS = sorted((OBSERVING / "dashboards").glob("*.json"))
METRIC = re.compile(r"\b(huzhu_[a-z0-9_]+)(\{[^}]*\})?")
SELECTED = re.compile(r"\b([a-z][a-z0-9_]+)(\{[^}]*\})")
RECORDED = re.compile(r"\bhuzhu:[a-z0-9:_]+")
GIVEN = {"namespace", "pod", "container", "job", "instance"}
"""Labels that Prometheus itself adds to what it scrapes."""
FOREIGN: dict[str, set[str]] = {
    # CloudNativePG: config/manager/default-monitoring.yaml, pkg/management/postgres/webserver/metricserver
    "cnpg_pg_replication_lag": set(),
    "cnpg_pg_replication_in_recovery": set(),
    "cnpg_pg_replication_streaming_replicas": set(),
    "cnpg_pg_stat_archiver_last_failed_time": set(),
    "cnpg_pg_stat_archiver_last_archived_time": set(),
    "cnpg_collector_pg_wal_archive_status": {"value"},
    # plugin-barman-cloud: internal/cnpgi/instance/metrics.go
    "barman_cloud_cloudnative_pg_io_last_available_backup_timestamp": set(),
    # base/kafka/cluster.yaml, kubelet, Envoy's HTTP connection manager and filter jwt_authn
    "kafka_server_replicamanager_underreplicatedpartitions": set(),
    "kubelet_volume_stats_available_bytes": {"persistentvolumeclaim"},
    "kubelet_volume_stats_capacity_bytes": {"persistentvolumeclaim"},
    "envoy_http_downstream_rq_xx": {"envoy_http_conn_manager_prefix", "envoy_response_code_class"},
    "envoy_http_downstream_rq_completed": {"envoy_http_conn_manager_prefix"},
    "envoy_http_jwt_authn_denied": {"envoy_http_conn_manager_prefix"},
    "envoy_http_jwt_authn_allowed": {"envoy_http_conn_manager_prefix"},
    # The blackbox exporter; cert-manager, whose own label `namespace` may be renamed when it is scraped
    "probe_success": set(),
    "probe_ssl_earliest_cert_expiry": set(),
    "certmanager_certificate_expiration_timestamp_seconds": {"name", "issuer_name", "issuer_kind"},
}
"""Metrics of others with the labels that they have, as their sources say."""


def rules() -> list[dict[str, Any]]:
    return [rule for group in RULES for rule in group["rules"]]


def alerts() -> list[dict[str, Any]]:
    return [rule for rule in rules() if "alert" in rule]


def expressions_of(node: Any) -> Iterator[str]:
    """Every query of a dashboard, those of its variables included."""
    if isinstance(node, dict):
        for name, value in node.items():
            if name in {"expr", "query"} and isinstance(value, str):
                yield value
            else:
                yield from expressions_of(value)
    elif isinstance(node, list):
        for one in node:
            yield from expressions_of(one)


def faults_of(expression: str, known: dict[str, set[str]]) -> list[str]:
    """Metrics that nobody has, labels that they do not have, bounds of a histogram that it does not have."""
    faults = []
    for name, selector in METRIC.findall(expression):
        if name not in known:
            faults.append(f"no metric {name}")
            continue
        for label, value in re.findall(r'(\w+)\s*[=!]~?\s*"([^"]*)"', selector):
            if label not in known[name] | GIVEN:
                faults.append(f"{name} has no label {label}")
            if label == "le" and value not in known[f"le of {name}"]:
                faults.append(f"{name} has no bound {value}")
    return faults


def test_every_metric_and_label_of_a_rule_exists() -> None:
    known = metric_labels()
    recorded = {rule["record"] for rule in rules() if "record" in rule}
    for rule in rules():
        assert faults_of(rule["expr"], known) == [], rule.get("alert", rule.get("record"))
        assert set(RECORDED.findall(rule["expr"])) <= recorded
    assert len([name for rule in rules() for name in METRIC.findall(rule["expr"])]) > 12


def test_every_metric_of_others_that_a_rule_asks_for_is_known() -> None:
    """An alert on a misspelt one never comes, and nobody misses it."""
    asked = [(name, found) for rule in rules() for name, found in SELECTED.findall(rule["expr"])]
    foreign = [(name, found) for name, found in asked if not name.startswith("huzhu_")]
    for name, selector in foreign:
        assert name in FOREIGN, name
        labels = {label for label, _ in re.findall(r'(\w+)\s*[=!]~?\s*"([^"]*)"', selector)}
        assert labels <= FOREIGN[name] | GIVEN, f"{name}: {labels}"
    assert {name for name, _ in foreign} == set(FOREIGN)


WOKEN_BY = {
    "the database's log is not archived": ("last_failed_time", "pg_wal_archive_status"),
    "nobody follows the primary": ("streaming_replicas",),
    "the name does not answer": ("probe_success",),
    "the gateway itself answers 5xx": ('envoy_response_code_class="5"',),
    "the gateway refuses tokens": ("jwt_authn_denied",),
    "a certificate ends": ("certmanager_certificate_expiration", "probe_ssl_earliest_cert_expiry"),
}


@pytest.mark.parametrize("what", WOKEN_BY)
def test_somebody_is_woken_when(what: str) -> None:
    pages = [rule["expr"] for rule in alerts() if rule["labels"]["severity"] == "page"]
    for word in WOKEN_BY[what]:
        assert any(word in one for one in pages), word


def test_what_rules_select_is_what_is_scraped() -> None:
    """Prometheus names a job after its PodMonitor, or as the Probe says."""
    scraped = list(yaml.safe_load_all((OBSERVING / "scraping.yaml").read_text()))
    jobs = {f"huzhu/{one['metadata']['name']}" for one in scraped if one["kind"] == "PodMonitor"}
    jobs |= {one["spec"]["jobName"] for one in scraped if one["kind"] == "Probe"}
    asked = {one for rule in rules() for one in re.findall(r'job="([^"]+)"', rule["expr"])}
    assert len(asked) == 2 and asked <= jobs


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.stem)
def test_every_metric_and_label_of_a_dashboard_exists(path: Path) -> None:
    known = metric_labels()
    found = [one for one in expressions_of(json.loads(path.read_text())) if "huzhu" in one]
    assert len(found) > 5
    for expression in found:
        asked = re.sub(r"label_values\((.*), *\w+\)", r"\1", expression)
        assert faults_of(asked, known) == [], expression
        recorded = {rule["record"] for rule in rules() if "record" in rule}
        assert set(RECORDED.findall(expression)) <= recorded


def test_what_is_wrong_is_seen() -> None:
    known = metric_labels()
    assert faults_of("rate(huzhu_http_secconds_count[5m])", known) == ["no metric huzhu_http_secconds_count"]
    assert faults_of('huzhu_consumer_lag{servcie="x"}', known) == ["huzhu_consumer_lag has no label servcie"]
    wrong = faults_of('huzhu_http_seconds_bucket{le="3.0"}', known)
    assert wrong == ["huzhu_http_seconds_bucket has no bound 3.0"]


def test_the_autoscalers_metric_is_derived_from_one_that_exists_by_a_file_that_the_chart_reads() -> None:
    """As values: the chart would look for a ConfigMap in its own namespace alone, under another key."""
    (rule,) = yaml.safe_load((K8S / "values/prometheus-adapter.yaml").read_text())["rules"]["custom"]
    assert faults_of(rule["seriesQuery"], metric_labels()) == []
    assert set(rule["resources"]["overrides"]) == {"namespace", "pod"}
    asked = (K8S / "base/service/scaling.yaml").read_text()
    assert f"name: {rule['name']['as']}\n" in asked
    assert "values/prometheus-adapter.yaml" in (K8S / "README.md").read_text()


@pytest.mark.parametrize(("alert", "kind"), [("HuzhuServiceDown", "api"), ("HuzhuWorkerDown", "worker")])
def test_the_absence_of_each_service_is_told(alert: str, kind: str) -> None:
    (rule,) = [one for one in alerts() if one["alert"] == alert]
    watched = re.findall(r'huzhu_service_up\{service="([^"]+)"\}', rule["expr"])
    assert sorted(watched) == sorted(f"{name}-{kind}" for name in SERVICES)


def test_each_alert_names_a_runbook_that_exists_and_knows_it() -> None:
    pages = (ROOT / "docs" / "runbooks").glob("*.md")
    told = "\n".join(page.read_text() for page in pages)
    assert len(alerts()) > 10
    for rule in alerts():
        assert (ROOT / rule["annotations"]["runbook"]).is_file(), rule["alert"]
        assert f"`{rule['alert']}`" in told, f"no runbook names {rule['alert']}"
        assert rule["labels"]["severity"] in {"page", "ticket"} and rule["annotations"]["summary"]


def test_the_objectives_are_those_of_the_page() -> None:
    page = (ROOT / "docs" / "slo.md").read_text()
    for rule in alerts():
        if rule["alert"].startswith("HuzhuBudget"):
            assert f"`{rule['alert']}`" in page
    budgets = {float(one) for rule in alerts() for one in re.findall(r"\* (0\.0\d+)\b", rule["expr"])}
    assert budgets == {0.001, 0.01} and "99.9 %" in page and "99 %" in page
