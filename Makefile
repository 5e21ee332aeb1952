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

.PHONY: help install up down status demo reset logs migrate test test-platform test-parts test-unit test-debian explore lint format continuity continuity-mutations continuity-peer continuity-bus bench documents dashboards compose-check lock

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  \033[36m%-14s\033[0m %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: .venv/.installed ## Install the locked environment into .venv

.venv/.installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Relais needs Python 3.11 or later; say which with: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	$(BIN)/uv pip sync --quiet --compile-bytecode --python $(BIN)/python requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

up: install ## Start the whole platform here (ARGS=--detach to return when it is ready)
	@$(BIN)/relais up $(ARGS)

down: install ## Stop it; the data stays
	@$(BIN)/relais down

status: install ## Show what runs where
	@$(BIN)/relais status $(ARGS)

demo: install ## Play a realistic day on the running platform (starts it when it is not)
	@$(BIN)/relais demo $(ARGS)

reset: install ## Remove every trace of it, data included
	@$(BIN)/relais reset $(ARGS)

logs: install ## Show the logs (ARGS="pathway-worker -f")
	@$(BIN)/relais logs $(ARGS)

migrate: install ## Migrate the databases of the running platform
	@$(BIN)/relais migrate

test: install ## Run every test, on a real PostgreSQL and a real Kafka
ifdef ARGS
	@$(BIN)/python -m pytest $(ARGS)
else
	@$(MAKE) --no-print-directory -j2 test-platform test-parts
endif

test-platform: install ## Only the tests of the whole platform, from outside
	@$(BIN)/python -m pytest tests/e2e

test-parts: install ## All but those, so that both can run at once
	@$(BIN)/python -m pytest --ignore=tests/e2e

test-unit: install ## Run the tests that need no service, in seconds
	@$(BIN)/python -m pytest -n auto --dist worksteal tests/architecture tests/contract tests/unit $(ARGS)

test-debian: ## Run the README's two commands on a bare Debian, as root (RELEASE=trixie COMMANDS="'make test-unit'")
	@tests/debian/run.sh $(RELEASE) $(COMMANDS)

explore: install ## Run the unit tests with many more, and new, generated examples
	@HYPOTHESIS_PROFILE=explore $(BIN)/python -m pytest -n auto tests/unit $(ARGS)

lint: install ## Check style, types and the import rules
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: install ## Rewrite the code in the project's style
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

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

documents: install ## Write docs/contracts from the code (JSON Schema, AsyncAPI, OpenAPI)
	@$(BIN)/python -m shared.documents

dashboards: install ## Write deploy/grafana/dashboards from the code
	@$(BIN)/python -m deploy.grafana.overview

compose-check: install ## Check docker-compose.yml by its schema and against the repository
	@$(BIN)/python -m deploy.compose_check

lock: install ## Compile the lock files anew from pyproject.toml
	@$(BIN)/uv pip compile pyproject.toml --quiet --all-extras --universal --generate-hashes --no-emit-index-url --python-version 3.11 -o requirements.lock
	@$(BIN)/uv pip compile pyproject.toml --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11 -c requirements.lock -o deploy/service.lock
