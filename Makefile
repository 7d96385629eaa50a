# SPDX-License-Identifier: Apache-2.0
# `make run` and `make test` work on a fresh Debian 12 with Swift 6.3; `make help` lists the rest.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

BINARY := .build/release/apus
# The binary's ELF build id is the commit, and a byte that tells whether the tree had changes.
COMMIT := $(shell git rev-parse --verify --quiet HEAD 2>/dev/null)
CHANGES := $(if $(shell git status --porcelain -uno 2>/dev/null),01,00)
RELEASE := -c release --static-swift-stdlib --product apus \
	$(if $(COMMIT),-Xlinker --build-id=0x$(COMMIT)$(CHANGES))
# More arguments for `apus serve`: make run ARGS="--config apus.yaml"
ARGS ?=
# A part of the tests: make test FILTER=TimerWheel
FILTER ?=
# Where the tests put every recorded exchange in every format
GOLDEN := $(CURDIR)/.build/golden
# Seconds per fuzz target
FUZZ_SECONDS ?= 20
# Seeds of simulated clusters, each with its own faults
SEEDS ?= 2000

.PHONY: help run build test unit golden clients simulate nodes chaos lint bench gossip fuzz clean

help: ## Shows this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' Makefile

run: build ## Installs what is missing, builds, and serves on 127.0.0.1:8080
	@exec $(BINARY) serve $(ARGS)

build: ## Installs what is missing and builds the release binary .build/release/apus
	@scripts/install.sh build
	@swift build $(RELEASE)

test: unit golden clients simulate nodes ## Installs what is missing and runs every test that CI runs
	@scripts/fuzz.sh 3

unit: ## Runs the Swift tests only (FILTER=name for a part of them)
	@scripts/install.sh build test
	@SWIFT_DETERMINISTIC_HASHING=1 swift build --build-tests
	@rm -rf $(GOLDEN)
	@SWIFT_DETERMINISTIC_HASHING=1 APUS_GOLDEN_OUTPUT=$(GOLDEN) \
		swift test --skip-build --disable-xctest $(if $(FILTER),--filter '$(FILTER)')

golden: ## Holds what the tests have translated against the providers' published schemas
	@[[ -d $(GOLDEN) ]] || $(MAKE) --no-print-directory unit FILTER=GoldenMatrix
	@scripts/install.sh test
	@Tests/Clients/run.sh golden $(GOLDEN)

clients: ## Runs real clients (openai SDK, curl) against the release binary
	@if [[ -x Tests/Clients/run.sh ]]; then \
		$(MAKE) --no-print-directory build && scripts/install.sh test && \
		APUS=$(BINARY) Tests/Clients/run.sh; fi

simulate: build ## Runs SEEDS (2000) new seeds of simulated clusters, and hostile datagrams
	@$(BINARY) simulate --seeds $(SEEDS)
	@$(BINARY) simulate --fuzz 10000000

nodes: build ## Runs real nodes against kills, stops, loss and hostile bytes (about a minute)
	@scripts/install.sh test
	@APUS=$(BINARY) Tests/Chaos/real/run.sh

chaos: build ## Runs the long matrix of faults on real nodes and prints what was measured
	@scripts/install.sh test
	@APUS=$(BINARY) Tests/Chaos/real/run.sh --full

lint: ## Checks the format of all sources; no warning is let through
	@scripts/install.sh
	@swift format lint --strict --parallel -r Package.swift Sources Tests $(wildcard bench)
	@for script in .ci/run $$(git ls-files '*.sh'); do bash -n "$$script"; done
	@echo "lint: clean"

bench: build ## Measures Apus beside nginx and HAProxy in one run; prints ratios
	@scripts/install.sh bench
	@if [[ -x bench/run.sh ]]; then APUS=$(BINARY) bench/run.sh; \
		else echo "bench: bench/run.sh is not there yet" >&2; exit 1; fi

gossip: build ## Measures beside serf how soon a killed node is known
	@APUS=$(BINARY) bench/gossip/run.sh

fuzz: ## Runs each fuzz target for FUZZ_SECONDS (20) seconds
	@scripts/install.sh build
	@scripts/fuzz.sh $(FUZZ_SECONDS)

clean: ## Removes everything built
	@rm -rf .build .venv Tests/Fuzz/.build
