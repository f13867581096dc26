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
RULES = yaml.safe_load((OBSERVING / "rules.yaml").read_text())["spec"]["groups"]
DASHBOARDS = sorted((OBSERVING / "dashboards").glob("*.json"))
METRIC = re.compile(r"\b(huzhu_[a-z0-9_]+)(\{[^}]*\})?")
RECORDED = re.compile(r"\bhuzhu:[a-z0-9:_]+")
GIVEN = {"namespace", "pod", "container", "job", "instance"}
"""Labels that Prometheus itself adds to what it scrapes."""


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


def test_the_autoscalers_metric_is_derived_from_one_that_exists() -> None:
    adapter = (OBSERVING / "adapter.yaml").read_text()
    known = metric_labels()
    assert faults_of(yaml.safe_load(adapter)["rules"][0]["seriesQuery"], known) == []
    asked = (K8S / "base/service/scaling.yaml").read_text()
    assert "as: huzhu_http_requests_per_second" in adapter
    assert "name: huzhu_http_requests_per_second" in asked


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
