PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
EXTRAS ?= test
READY := $(VENV)/.ready-$(EXTRAS)

.DEFAULT_GOAL := help
.PHONY: help setup demo test fuzz lint bench pictures reproduce

help: ## list what a developer can do
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

setup: $(READY) ## create .venv and install latcomp with what its tests need

$(READY): pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[$(EXTRAS)]'
	touch $@

demo: $(READY) ## compare the two word spaces of sample_data
	$(BIN)/latcomp compare sample_data/words_word2vec.h5 sample_data/words_fasttext.h5 --anchors 300 --center

test: $(READY) ## run the test suite
	$(BIN)/python -m pytest

CASES ?= 300
fuzz: $(READY) ## damage files of every format, CASES of each kind, and see that none is mishandled
	$(BIN)/python tests/formats/fuzz.py $(CASES) $(or $(SEED),0)

lint: ## check style and types
	$(MAKE) --no-print-directory setup EXTRAS=dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

reproduce: ## run the claims of the paper on real data: DATA=folder, ONLY="table1 figure4"
	$(MAKE) --no-print-directory setup EXTRAS=reproduce
	$(BIN)/python -m tests.reproduction $(ONLY) $(if $(DATA),--data "$(DATA)")

bench: ## measure speed and memory against peers and the hardware's limit; PART=protocol runs a part
	$(MAKE) --no-print-directory setup EXTRAS=dev
	$(BIN)/python -m tests.benchmarks $(PART)

pictures: $(READY) ## make the pictures of the README again (needs chromium)
	$(BIN)/python docs/make_pictures.py
