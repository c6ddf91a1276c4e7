# Two commands: `make read FILE=scan.png` and `make test`. The first needs nothing but Python 3.11+, make and a package
# index; everything it installs goes to .venv. `make help` lists the rest.

.SILENT:
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory
.PHONY: help read test lint bench load faults soak cluster scale clean system page screenshots

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
# Set-up is done once per content of pyproject.toml: its checksum is part of the stamps' names
KEY := $(firstword $(shell cksum < pyproject.toml))
READ := $(VENV)/.read-$(KEY)
DEV := $(VENV)/.dev-$(KEY)
BENCH := $(VENV)/.bench-$(KEY)
RAY := $(VENV)/.ray-$(KEY)
TORCH := $(VENV)/.torch-$(KEY)
PAGE := web/node_modules/.page-$(firstword $(shell cksum web/package-lock.json 2>/dev/null))
NODE := tests/node/node_modules/.clients-$(firstword $(shell cksum tests/node/package-lock.json 2>/dev/null))
# OpenVINO halves the time where an x86-64 processor has bf16
EXTRAS := tesseract $(if $(filter x86_64 amd64,$(shell uname -m)),openvino)
# kept in $(VENV); without them pages are read all the same
MODELS := layout table
COMMA := ,
WITH = .[$(subst $() ,$(COMMA),$(strip $(1)))]
PIP := $(BIN)/python -m pip --disable-pip-version-check install -qq --only-binary :all:

PACKS := eng deu fra spa ita por nld pol ces tur rus ukr ell ara fas heb hin ben tam tha vie jpn kor chi-sim chi-tra
DEBIAN := tesseract-ocr tesseract-ocr-osd $(PACKS:%=tesseract-ocr-%) poppler-utils qpdf postgresql bubblewrap chromium osra \
	libreoffice-writer libreoffice-calc libreoffice-impress libreoffice-math \
	fonts-dejavu-core fonts-noto-core fonts-noto-cjk

FILE ?= src/legenda/data/example.png
export FILE

help:  ## list the commands
	sed -n 's/^\([a-z ]*\):.*##/make \1\t/p' $(firstword $(MAKEFILE_LIST))

read: $(READ)  ## print the text of FILE=path (without FILE: of the bundled example); ARGS are passed on
	$(BIN)/legenda read $(ARGS) -- "$$FILE"

test: system $(DEV) $(TORCH) $(NODE)  ## set everything up, then check style, types and layers and run the tests
	$(MAKE) lint
	$(BIN)/python -m pytest $(ARGS)

lint: $(DEV)  ## check style, types and layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# `load` may not come first: make has a directive of that name
faults load soak: $(DEV)  ## measure the server under load, under faults, over time; writes benchmarks/RESULTS.md
	$(BIN)/python -m benchmarks.serve $@ $(ARGS)

page: $(PAGE)  ## build the web page of web/ into the package (Node 20.19 or newer)
	npm run build --prefix web

screenshots: system $(DEV)  ## take the pictures of the web page in docs/pictures
	$(BIN)/python examples/take_screenshots.py

cluster: $(RAY)  ## run units and batches on real Ray nodes that are killed
	$(BIN)/python -m pytest tests/integration/execute/test_ray.py $(ARGS)

scale: $(RAY)  ## measure many processes and nodes, under faults; writes benchmarks/RESULTS.md
	$(BIN)/python -m benchmarks.scale $(ARGS)

bench: $(BENCH)  ## measure against other programs and write benchmarks/RESULTS.md
	$(BIN)/python -m benchmarks $(ARGS)

clean:  ## remove everything that was made here
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache tests/node/node_modules web/node_modules
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	test -n "$(PYTHON)" || { echo "make: Python 3.11 or newer is needed; set PYTHON=path if it has another name" >&2; exit 1; }
	echo "Making $(VENV) with $(PYTHON)" >&2
	# Debian's python3 may come without ensurepip, but with pip
	$(PYTHON) -m venv $(VENV) >/dev/null 2>&1 \
	|| { $(PYTHON) -m venv --clear --without-pip $(VENV) && $(PYTHON) -m pip --python $@ install --quiet pip; } >&2 \
	|| { rm -rf $(VENV); echo "make: $(PYTHON) cannot make a virtual environment; on Debian: apt install python3-venv" >&2; exit 1; }

$(READ): | $(BIN)/python
	echo "Installing Legenda into $(VENV) (once; about a minute)" >&2
	$(PIP) -e '$(call WITH,$(EXTRAS))' >/dev/null 2>&1 || { $(PIP) -e . >&2 && for extra in $(EXTRAS); do \
		$(PIP) -e ".[$$extra]" >/dev/null 2>&1 || echo "No wheels for the extra $$extra here: going on without" >&2; done; }
	$(BIN)/python -m compileall -q src >&2
	$(BIN)/legenda models add $(MODELS) >&2 || echo "Going on without the models $(MODELS)" >&2
	touch $@

$(DEV): $(READ)
	echo "Installing what the tests need" >&2
	# these two come as source only; they have nothing to compile
	$(PIP) --no-binary lazarus-ai,stringcase -e '.[dev]' >&2
	touch $@

# GOT-OCR2 runs in the tests with a small model of random weights; PyTorch's CPU build (190 MB), from wherever it is had
$(TORCH): $(DEV)
	echo "Installing PyTorch" >&2
	$(PIP) torch==2.13.0+cpu >/dev/null 2>&1 \
	|| $(PIP) --index-url https://download.pytorch.org/whl/cpu torch==2.13.0 >/dev/null 2>&1 || $(PIP) torch==2.13.0 >&2
	$(PIP) -e '.[got]' >&2
	touch $@

$(RAY): $(DEV)
	echo "Installing Ray" >&2
	$(PIP) -e '.[ray]' 'matplotlib>=3.10' >&2
	touch $@

$(NODE): system
	test -e $@ || { echo "Installing the clients in JavaScript" >&2; \
		npm ci --prefix tests/node --no-audit --no-fund --ignore-scripts --loglevel error >&2 && touch $@; }

$(PAGE):
	test -e $@ || { npm ci --prefix web --no-audit --no-fund --ignore-scripts --loglevel error >&2 && touch $@; }

$(BENCH): $(READ)
	echo "Installing the programs to compare with" >&2
	$(PIP) -e '.[bench]' >&2
	touch $@

# System packages the tests use: installed with apt when root on Debian or Ubuntu, else named
system:
	if command -v dpkg-query >/dev/null && command -v apt-get >/dev/null; then \
		missing=; for p in $(DEBIAN); do \
			dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$p"; done; \
		command -v node >/dev/null && command -v npm >/dev/null || missing="$$missing nodejs npm"; \
		test -n "$$missing" || exit 0; \
		test "$$(id -u)" = 0 || { echo "make: system packages are missing; run: sudo apt-get install$$missing" >&2; exit 1; }; \
		echo "Installing$$missing" >&2; export DEBIAN_FRONTEND=noninteractive; \
		apt="apt-get -qq -y -o Acquire::Retries=3 -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300"; \
		{ $$apt install --no-install-recommends $$missing \
		|| { $$apt update && $$apt install --no-install-recommends $$missing; }; } >&2; \
	else \
		missing=; for c in tesseract pdftotext qpdf node npm; do command -v $$c >/dev/null || missing="$$missing $$c"; done; \
		test -n "$$CHROMIUM" || command -v chromium >/dev/null || command -v google-chrome >/dev/null || missing="$$missing chromium"; \
		test -z "$$missing" || { echo "make: the tests need:$$missing (macOS: brew install tesseract tesseract-lang poppler qpdf node)" >&2; exit 1; }; \
	fi
