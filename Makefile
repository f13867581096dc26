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
