# The front door. `make` alone says what there is.

PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help run test setup test-all lint fmt types dead-code bench corpus real faults soak experiments strange servers autobahn audit bundle mutation screenshots

help: ## say what there is
	@sed -n 's/^\([a-z-]*\):[^#]*## /\1|/p' Makefile | while IFS='|' read -r target words; do printf '  make %-12s %s\n' "$$target" "$$words"; done

run: setup ## open the window on the built-in lab; without a screen, write a screenshot to build/
	@tools/run.sh

test: setup ## run every test
	@$(BIN)/python -m pytest

setup: ## make .venv with pinned packages; install missing system libraries where possible
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "wsmonitor needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) --version 2>/dev/null || echo missing). Install one (sudo apt install python3 | sudo dnf install python3.12 | brew install python@3.12 | winget install Python.Python.3.12) and name it: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -m tools.setup

test-all: setup ## install a browser and a display for tests, run them under each Python 3.11 to 3.13 found
	@$(BIN)/python -m tools.test_all

lint: setup ## check style and format
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

fmt: setup ## mend what lint can mend by itself
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

types: setup ## check types
	@$(BIN)/mypy

dead-code: setup ## name code that nothing uses
	@$(BIN)/vulture

bench: setup ## measure, and say whether each goal is met (beside mitmproxy, in build/, where it can be had)
	@test -x build/mitmproxy/bin/mitmdump || { $(PYTHON) -m venv build/mitmproxy && build/mitmproxy/bin/pip install -q mitmproxy 2>/dev/null; } || { \
	  rm -rf build/mitmproxy; echo "mitmproxy cannot be had: the tap is measured without it"; }
	@$(BIN)/python -m tests.benchmarks

corpus: setup ## precision and recall of every rule; HELD_OUT=NAME for worlds drawn from seeds of that name
	@$(BIN)/python -m tests.corpus $(if $(HELD_OUT),--held-out $(HELD_OUT))

real: setup ## plant faults in real servers and proxies and judge what is found (half an hour); SEED=NAME ONLY=WORDS KEEP=1
	@$(BIN)/python -m tests.real $(if $(SEED),--seed $(SEED)) $(if $(ONLY),--only $(ONLY)) $(if $(KEEP),--keep)

faults: setup ## kill and stop every process at random moments, ROUNDS=200 times
	@$(BIN)/python -m tests.faults --rounds $(or $(ROUNDS),200)

experiments: setup ## ask every experiment about the lab's scenarios, ROUNDS=20 times
	@$(BIN)/python -m tests.experiments --rounds $(or $(ROUNDS),20)

strange: setup ## ask experiments about servers drawn at random, SEEDS=20 each, FROM=0
	@$(BIN)/python -m tests.experiments.strange --seeds $(or $(SEEDS),20) --from $(or $(FROM),0)

servers: setup ## ask every experiment about real servers and write docs/servers.md (npm, nginx and haproxy where there are)
	@mkdir -p build/servers && { command -v npm >/dev/null && npm install --silent --no-fund --no-audit --prefix build/servers ws >/dev/null || true; }
	@$(BIN)/python -m tools.servers

clients: setup ## audit clients whose manners are known and write their table in docs/reconnect.md (npm and Chromium where there are)
	@mkdir -p build/clients && { command -v npm >/dev/null && npm install --silent --no-fund --no-audit --prefix build/clients ws reconnecting-websocket graphql-ws graphql socket.io socket.io-client >/dev/null || true; }
	@$(BIN)/python -m tools.clients

autobahn: setup ## play Autobahn's client cases straight and through a tap, and write their table in docs/tap.md (WSTEST; an hour)
	@WEBSOCKETS_MAX_FRAGMENTS=1000000 $(BIN)/python -m tools.autobahn

soak: setup ## run the real window on a lively lab for MINUTES=30, and eight eventful hours in the analysis; fail on growth
	@$(BIN)/python -m tests.soak.hours
	@$(BIN)/python -m tests.soak --minutes $(or $(MINUTES),30)

audit: ## ask the public advisory database about the pinned packages (needs the network)
	@test -x build/audit/bin/pip-audit || { $(PYTHON) -m venv build/audit && build/audit/bin/pip install -q pip-audit; }
	@build/audit/bin/pip-audit -r constraints.txt --no-deps --disable-pip --progress-spinner off

bundle: setup ## freeze the program with PyInstaller into build/bundle/dist/, and try it
	@$(BIN)/python -m tools.bundle

mutation: setup ## how many wrong versions of the pure parts the tests notice (half an hour); PARTS=wsmonitor.engine.states*
	@$(BIN)/python -m tools.mutation $(PARTS)

screenshots: setup ## write resources/screenshots/ from the real window on the lab
	@$(BIN)/python -m tools.screenshots
