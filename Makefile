# Huzhu: `make` alone prints this help.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
UV_VERSION := 0.13.9
PORT ?= 8080
HUZHU_HOME ?= .huzhu
export PORT HUZHU_HOME
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PROJECTS := libs/common services/identity services/enrollment services/claims services/notify services/ocr services/activities deploy/local
PACKAGES := $(foreach p,$(PROJECTS),-e $(p))

.PHONY: help
help: ## Print this help
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort | awk -F'\t' '{printf "  make %-14s %s\n", $$1, $$2}'

$(STAMP): requirements.lock $(foreach p,$(PROJECTS),$(p)/pyproject.toml)
	@echo "准备运行环境（首次约一分钟） setting up $(VENV) …"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip install --quiet --require-hashes -r requirements.lock
	@VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip install --quiet --no-deps $(PACKAGES)
	@touch $@

.PHONY: setup
setup: $(STAMP) ## Make the virtual environment (.venv) from the lock file

.PHONY: lock
lock: $(STAMP) ## Resolve requirements.lock again from the pyproject files
	@$(BIN)/uv pip compile --universal --generate-hashes --no-header --no-emit-index-url --no-annotate \
	  --python-version 3.11 --group dev --quiet pyproject.toml -o requirements.lock $(UPGRADE) \
	  $(foreach p,$(PROJECTS),--no-emit-package huzhu-$(notdir $(p)))

# Web apps: the client is generated from the services' own OpenAPI document, so that a drift is a type error.
NODE := PATH="$(CURDIR)/$(BIN):$$PATH"
WEB_SOURCES := $(shell find web/apps/*/src web/apps/*/public web/apps/*/*.* web/packages/*/src web/plugins web/*.* services/notify/notify/content/allowed.json -type f \
  -not -path '*/src/api/*' 2>/dev/null)
API_SOURCES := $(shell find services libs/common/common deploy/local/huzhu/gateway -name '*.py' 2>/dev/null)
web/node_modules/.installed: web/package-lock.json $(STAMP)
	@echo "安装网页依赖（首次约半分钟） installing web packages …"
	@cd web && $(NODE) npm ci --silent --no-progress
	@touch $@

web/.described: $(API_SOURCES) $(STAMP)
	@$(BIN)/huzhu openapi web/openapi/huzhu.json
	@touch $@

web/openapi/huzhu.json: web/.described ;

web/.client: web/openapi/huzhu.json web/openapi-ts.config.ts web/node_modules/.installed
	@cd web && $(NODE) npm run --silent generate >/dev/null
	@touch $@

web/.built: web/.client $(WEB_SOURCES)
	@echo "构建会员端和管理端网页 building the web apps …"
	@cd web && VITE_CONFIG_NATIVE_IGNORE_WARNING=true $(NODE) npm run --silent build
	@touch $@

.PHONY: web
web: web/.built ## Build the member app and the console (Node comes from the lock file)

.PHONY: web-check
web-check: web/.client ## Types and unit tests of the web apps
	@cd web && $(NODE) npm run --silent typecheck && $(NODE) npm run --silent test

.PHONY: run
run: $(STAMP) web/.built ## Start the whole platform on http://127.0.0.1:8080 (PORT=, HUZHU_HOME=)
	@exec $(BIN)/huzhu run

.PHONY: run-stack
run-stack: $(STAMP) web/.built ## Start every service as its own processes on Apache Kafka behind nginx (Java 17, Maven)
	@exec $(BIN)/huzhu run-stack

.PHONY: demo
demo: $(STAMP) ## Drive the main job against the running platform
	@$(BIN)/huzhu demo

.PHONY: format
format: $(STAMP) ## Format the code
	@$(BIN)/ruff format -q . && $(BIN)/ruff check -q --fix .

.PHONY: lint
lint: $(STAMP) ## Lint, types, layers
	@$(BIN)/ruff format --check -q . && $(BIN)/ruff check -q .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

WORKERS ?= 2
.PHONY: test
test: browser lint web/.built web-check ## Lint, types, and the whole default suite
	@$(BIN)/pytest -n $(WORKERS) --dist loadgroup --max-worker-restart 0 -m "not stack and not deploy" $(TESTS)

.PHONY: test-stack
test-stack: $(STAMP) ## Contract and fault tests, a real Apache Kafka among them
	@$(BIN)/pytest -m stack $(TESTS)

# Tools of the checks below live in an environment of their own; without one of them its checks are skipped.
CHECKS := build/checks
CHECKED := $(CHECKS)/.installed
$(CHECKED): deploy/checks/tools.lock deploy/checks/install.sh $(STAMP)
	@deploy/checks/install.sh $(CHECKS) $(BIN)

.PHONY: k8s-check
k8s-check: $(CHECKED) ## Build the Kubernetes manifests; hold them to schemas, policies and the code
	@$(BIN)/pytest tests/deploy/test_k8s_*.py tests/deploy/test_compose*.py

.PHONY: cluster-check
cluster-check: $(CHECKED) ## Apply the Kubernetes manifests to a real API (Go; builds it the first time, half an hour of one core)
	@deploy/cluster/build.sh build/cluster
	@$(BIN)/pytest tests/deploy/test_cluster.py

.PHONY: images-check
images-check: $(CHECKED) ## Run every step of the Dockerfiles in a clean file system, and the images' processes (Linux, root)
	@$(BIN)/pytest -m deploy tests/deploy/test_images.py

.PHONY: security
security: $(CHECKED) ## Look for secrets in all files; hold code, gateway and manifests to docs/security (offline; ruff has bandit's rules)
	@$(firstword $(wildcard $(CHECKS)/bin/python) $(BIN)/python) deploy/checks/scan_secrets.py
	@$(BIN)/pytest tests/deploy/test_security.py tests/deploy/test_security_forms.py tests/deploy/test_security_docs.py

.PHONY: audit
audit: $(CHECKED) web/node_modules/.installed ## Ask the registries for known faults of every locked package; fails where they cannot be asked
	@$(NODE) $(BIN)/python deploy/checks/audit.py $(CHECKS)/bin/pip-audit

.PHONY: audit-in-ci
audit-in-ci: $(CHECKED) web/node_modules/.installed ## The same; where there is no database of faults that is said and no failure
	@$(NODE) $(BIN)/python deploy/checks/audit.py $(CHECKS)/bin/pip-audit --where-reachable

SBOM := build/sbom
.PHONY: sbom
sbom: $(STAMP) ## Parts lists of everything that is locked, as CycloneDX (build/sbom/*.cdx.json)
	@test -x $(SBOM)/tools/bin/python || $(BIN)/uv venv --quiet --python $(BIN)/python $(SBOM)/tools
	@$(BIN)/uv pip install --quiet --python $(SBOM)/tools/bin/python --require-hashes -r deploy/sbom/tools.lock
	@$(SBOM)/tools/bin/cyclonedx-py requirements requirements.lock --output-reproducible --of JSON -o $(SBOM)/python.cdx.json
	@$(BIN)/python deploy/sbom/web_lock.py $(SBOM)/web
	@cd $(SBOM)/web && $(NODE) npm sbom --package-lock-only --sbom-format cyclonedx > ../web.cdx.json
	@$(BIN)/python deploy/sbom/check.py $(SBOM)/python.cdx.json $(SBOM)/web.cdx.json

.PHONY: drill
drill: $(STAMP) ## Backup, destroy, restore, check: audit chains, books, erasure, keys; prints RPO and RTO
	@$(BIN)/huzhu drill

.PHONY: faults
faults: $(STAMP) ## Kill api, worker, database and broker at random under load, check the whole history
	@$(BIN)/pytest tests/faults

.PHONY: chaos
chaos: $(STAMP) web/.built ## Kill and cut off each part of run-stack under load; table of recovery times (build/chaos.json)
	@$(BIN)/python -m tests.chaos

.PHONY: noisy
noisy: $(STAMP) web/.built ## One union at ten times its rate: how long the others wait (build/noisy.json)
	@$(BIN)/python -m tests.chaos.noisy

# Locust lives in an environment of its own.
LOCUST := build/load/tools/.installed
USERS ?= 10
SECONDS ?= 60
$(LOCUST): deploy/load/tools.lock $(STAMP)
	@test -x build/load/tools/bin/python || $(BIN)/uv venv --quiet --python $(BIN)/python build/load/tools
	@$(BIN)/uv pip install --quiet --python build/load/tools/bin/python --require-hashes -r deploy/load/tools.lock
	@touch $@

.PHONY: load
load: $(LOCUST) web/.built ## Mixed traffic against a stack of its own, by route and process (build/load/report.md)
	@$(BIN)/python -m tests.chaos.mixed

.PHONY: load-at
load-at: $(LOCUST) ## Mixed traffic against the installation at URL= (USERS=, SECONDS=; see deploy/load/README.md)
	@test -n "$(URL)" || { echo "make load-at URL=https://… USERS=10 SECONDS=60"; exit 1; }
	@build/load/tools/bin/locust -f deploy/load/locustfile.py --headless --host $(URL) --users $(USERS) --run-time $(SECONDS)s --csv build/load/run

.PHONY: upgrade-check
upgrade-check: $(STAMP) web/.built ## An upgrade: the last release's code beside this one (HUZHU_UPGRADE_FROM=), every process replaced under load
	@$(BIN)/pytest -m "stack or deploy" tests/upgrade tests/stack/test_under_load.py

.PHONY: browser
browser: $(STAMP)
	@command -v chromium >/dev/null || (command -v apt-get >/dev/null && test "$$(id -u)" = 0 && \
	  (apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-noto-cjk) >/dev/null 2>&1) || \
	  echo "no browser: its tests will say that they are skipped"

.PHONY: guide
guide: $(STAMP) ## Renew the user guide's pictures from the screens of the last browser tests
	@$(BIN)/python -m tests.e2e.pictures

.PHONY: features
features: $(STAMP) ## Print every feature row with its tests and result (build/features.json)
	@$(BIN)/python -m tests.features.report

.PHONY: contracts
contracts: $(STAMP) ## Write the event documents and schema snapshots anew (refuses what would break a consumer)
	@$(BIN)/python -m tests.architecture.snapshots
	@$(BIN)/huzhu asyncapi docs/asyncapi.yaml && $(BIN)/huzhu asyncapi docs/events.md
	@$(BIN)/huzhu configuration docs/configuration.md

.PHONY: bench
bench: $(STAMP) web/.built ## Measure beside a baseline in the same run (build/bench.json)
	@$(BIN)/python -m tests.bench

.PHONY: clean
clean: ## Remove build results; data and .venv stay
	@rm -rf build .mypy_cache .ruff_cache .import_linter_cache
