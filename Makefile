# Every step of CI is a target here; `make help` lists them.
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
N ?= 2000
RELEASE ?= trixie
COMMANDS ?= 'make up ARGS=--detach' 'make demo' 'make down' 'make test'
UV_VERSION := 0.13.9
# Dozens of processes start here, in seconds instead of twice that when nothing is compiled anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help install up down status demo reset logs migrate test test-platform test-parts test-unit coverage coverage-report test-debian explore lint format continuity continuity-mutations continuity-peer continuity-bus bench documents dashboards compose-check bill lock

help: ## Show this list
	@colour=""; plain=""; if [ -t 1 ] && [ -z "$$NO_COLOR" ]; then colour="\033[36m"; plain="\033[0m"; fi; \
	awk -v colour="$$colour" -v plain="$$plain" -F ':.*## ' \
	  '/^##@ /{printf "\n%s\n", substr($$0, 5)} /^[a-z-]+:.*## /{printf "  %s%-21s%s %s\n", colour, $$1, plain, $$2}' Makefile

##@ Run it on this machine

install: .venv/.installed ## Install the locked environment into .venv

# The stamp is written last, and removed before anything is changed: without it, nothing in .venv is relied on.
.venv/.installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Relais needs Python 3.11 or later; say which with: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@if [ -e $@ ] && $(BIN)/python -c ''; then rm -f $@; else \
	  echo "Installing Relais into .venv (once; a minute or two)"; echo "  1/4 a Python environment"; \
	  $(PYTHON) -m venv --clear .venv; fi
	@echo "  2/4 the installer"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@echo "  3/4 $$(grep -c '==' requirements.lock) locked packages"
	@$(BIN)/uv pip sync $$([ -t 2 ] || echo --quiet) --compile-bytecode --python $(BIN)/python requirements.lock
	@echo "  4/4 the command relais"
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@
	@echo 'Installed. To call the command by its name in this terminal: export PATH="$$PWD/.venv/bin:$$PATH"'

# Rebuilt when the Python that made it is gone: half an environment is none.
ifneq ($(wildcard .venv/.installed),)
ifneq ($(shell .venv/bin/python -c 'print("runs")' 2>/dev/null),runs)
.PHONY: .venv/.installed
endif
endif

# What stops it or only looks asks for no newer environment, and for none at all where nothing was installed.
if_installed = [ -e .venv/.installed ] || { echo "Relais is not installed here, so nothing runs. To start it: make up"; exit 0; };

up: install ## Start the whole platform here (ARGS=--detach to return when it is ready)
	@$(BIN)/relais up $(ARGS)

demo: install ## Play a realistic day on the running platform (starts it when it is not)
	@$(BIN)/relais demo $(ARGS)

status: ## Show what runs where; that nothing runs is no error
	@$(if_installed) $(BIN)/relais status $(ARGS) || [ $$? -eq 3 ]

logs: ## Show the logs (ARGS="pathway-worker -f")
	@$(if_installed) $(BIN)/relais logs $(ARGS)

down: ## Stop it; the data stays
	@$(if_installed) $(BIN)/relais down

reset: $(if $(wildcard .venv/.installed .relais),install) ## Remove every trace of it, data included
	@$(if_installed) $(BIN)/relais reset $(ARGS)

migrate: install ## Migrate the databases of the running platform
	@$(BIN)/relais migrate

##@ Check it

test: install ## Run every test, on a real PostgreSQL and a real Kafka (ARGS="tests/unit -x" for some)
	@$(BIN)/python -m deploy.local.servers.training
	@$(BIN)/python -m tests.run $(or $(ARGS),--platform --spine --services --rest --unit)

test-unit: install ## Run the tests that need no service, in seconds
	@$(BIN)/python -m tests.run --unit-shares $(ARGS)

test-platform: install ## Only the tests of the whole platform, from outside
	@$(BIN)/python -m tests.run --platform

test-parts: install ## All but those
	@$(BIN)/python -m tests.run --spine --services --rest --unit

coverage: ## Run every test, and hold services and shared to the coverage that pyproject.toml says
	@rm -f .coverage .coverage.*
	@COVERAGE=1 $(MAKE) --no-print-directory test
	@$(MAKE) --no-print-directory coverage-report

coverage-report: install ## Show what the last run measured, and fail below what pyproject.toml says
	@$(BIN)/python -m coverage combine --quiet
	@$(BIN)/python -m coverage report

test-debian: ## Run the README's two commands on a bare Debian, as root (RELEASE=trixie COMMANDS="'make test-unit'")
	@tests/debian/run.sh $(RELEASE) $(COMMANDS)

explore: install ## Run the unit tests with many more, and new, generated examples
	@HYPOTHESIS_PROFILE=explore $(BIN)/python -m pytest -n auto tests/unit $(ARGS)

lint: install ## Check style, types and the import rules
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bill: install ## Write what it is made of (build/sbom.cdx.json, CycloneDX) and the licences; refuse one nobody accepted
	@$(BIN)/python -m deploy.bill_of_materials

compose-check: install ## Check docker-compose.yml by its schema and against the repository
	@$(BIN)/python -m deploy.compose_check

##@ Break it and measure it

continuity: install ## Break everything that can break, lose nothing: acknowledged N, lost 0, unexplained 0 (N=100000)
	@$(BIN)/python -m tests.continuity --n $(N) $(ARGS)

continuity-mutations: install ## Put bugs in, one after the other: does the checker find each? (ARGS="--only no_fence")
	@$(BIN)/python -m tests.continuity.mutations $(ARGS)

continuity-peer: install ## The textbook peer under the faults that the platform survives, beside it
	@$(BIN)/python -m tests.continuity.peer $(ARGS)

continuity-bus: install ## The bus alone: 200 faults, two Kafka clients side by side (ARGS="--cycles 25")
	@$(BIN)/python -m tests.continuity.bus $(ARGS)

bench: install ## Measure against raw limits and a textbook peer (ARGS="p4 --events 180000" for one)
	@$(BIN)/python -m benchmarks $(ARGS)

##@ Write what is generated

format: install ## Rewrite the code in the project's style
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

documents: install ## Write docs/contracts from the code (JSON Schema, AsyncAPI, OpenAPI)
	@$(BIN)/python -m shared.documents

dashboards: install ## Write deploy/grafana/dashboards from the code
	@$(BIN)/python -m deploy.grafana.overview

lock: install ## Compile the lock files anew from pyproject.toml
	@$(BIN)/uv pip compile pyproject.toml --quiet --all-extras --universal --generate-hashes --no-emit-index-url --python-version 3.11 -o requirements.lock
	@$(BIN)/uv pip compile pyproject.toml --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11 -c requirements.lock -o deploy/service.lock
