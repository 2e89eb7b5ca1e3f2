# Everything happens in .venv, made on first use; afterwards no target but wheel-check needs a
# network. Choose another interpreter with: make setup PYTHON=/path/to/python3
.DEFAULT_GOAL := help
SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PYTEST_FLAGS ?= -n auto --dist worksteal

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help setup demo app messages release-check model-version patterns headline screening tile-map surface calibration figures turnover manifest reproduce checked checked-nightly test test-browser test-fast lint format bench docs docs-site wheel-check release-crate clean

help:  ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY)  ## Make .venv with the package and its tools, once

$(READY): pyproject.toml constraints.txt
	@set -e; python="$(PYTHON)"; test -n "$$python" || python=$$(.ci/find-python 11); \
	echo "Installing into $(VENV) with $$("$$python" --version) (a few minutes the first time)"; \
	"$$python" -m venv "$(VENV)"
	@$(BIN)/python -m pip install -qq -e '.[dev,docs]' -c constraints.txt
	@touch $@

demo: $(READY)  ## Run the Jujuy case and the whole region; show the run cards
	@rm -rf results/demo-jujuy results/demo-baseline
	@$(BIN)/paradiplomacy run jujuy --out results/demo-jujuy
	@echo
	@$(BIN)/paradiplomacy run baseline --out results/demo-baseline

app: $(READY)  ## Open the page in a browser; APP_FLAGS="--lang es" for Spanish
	@$(BIN)/paradiplomacy app $(APP_FLAGS)

patterns: $(READY)  ## Check every claim anew: results/reference/ and docs/mechanisms.md
	@$(BIN)/paradiplomacy patterns --posterior 100 --out results/reference --overwrite
	@$(BIN)/python docs/generate.py

# Two libraries that each take all cores only wait for one another.
test test-fast test-browser: export OMP_NUM_THREADS := 1

test: $(READY)  ## Run all tests but those in a browser
	@$(BIN)/python -m pytest $(PYTEST_FLAGS) -m "not browser"

checked: $(READY)  ## Run the checked build over scenarios, small worlds and corners of the parameters
	@PARADIPLOMACY_CHECKED=1 $(BIN)/python -m pytest tests/engine/test_checked_build.py tests/core/test_jit.py

checked-nightly:  ## The same over many more corners
	@PARADIPLOMACY_CORNERS=1000 $(MAKE) checked

test-browser: PYTEST_FLAGS = -n 2 --dist worksteal
test-browser: $(READY)  ## Run the tests of the page in a headless browser
	@$(BIN)/python -m pytest $(PYTEST_FLAGS) -m browser

test-fast: $(READY)  ## Run the tests that need no workers, whole reports or long runs (two minutes)
	@$(BIN)/python -m pytest $(PYTEST_FLAGS) -m "not slow and not browser"

lint: $(READY)  ## Check style and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

format: $(READY)  ## Lay the code out and mend what can be mended
	@$(BIN)/ruff check --fix-only .
	@$(BIN)/ruff format .

bench: $(READY)  ## Measure speed against the bars
	@$(BIN)/paradiplomacy bench

docs: $(READY)  ## Renew the generated parts of the documentation
	@$(BIN)/python docs/generate.py

docs-site: $(READY)  ## Build the documentation site, running its tutorials and gallery: build/site/
	@$(BIN)/python -m sphinx -W --keep-going -n -q -b html -d build/doctrees -c docs . build/site
	@echo "The site: build/site/index.html"

messages: $(READY)  ## Bring the catalogues of the page up to date with its texts
	@$(BIN)/python docs/catalogues.py

release-check: $(READY)  ## Check what only a release needs: every language is complete
	@$(BIN)/python docs/catalogues.py --check

model-version: $(READY)  ## Renew the committed version of the model, sim/model_version.json
	@$(BIN)/python -m sim.engine.behaviour_digest --write

headline: $(READY)  ## Measure the headline figures anew: results/reference/ and docs/figures.md
	@$(BIN)/python -m calibration.headline_figures
	@$(BIN)/python docs/generate.py

screening: $(READY)  ## List the parameters that no outcome of the region notices
	@$(BIN)/python -m tools.screening
	@$(BIN)/python docs/generate.py

tile-map: $(READY)  ## Place the localities on the tile map anew: sim/world/lac/grid.csv
	@$(BIN)/python -m tools.tile_map --write

surface: $(READY)  ## Make the surface of decentralization and turnover anew
	@$(BIN)/python -m tools.surface

# The runs of a calibration belong to one behaviour of the model; each has a folder of its own.
# The second route to the posterior needs a library that nothing else does.
calibration: $(READY)  ## Calibrate and validate anew: results/reference/calibration/ (about an hour); VALIDATE_FLAGS="--replicates 400" for fewer runs of other models
	@$(BIN)/python -m pip install -qq -e '.[dev,docs,neural]' -c constraints.txt || echo "The second route is left out"
	@set -e; work=results/calibrations/$$($(BIN)/python -c \
		'from sim.core.provenance import calibration_version; print(calibration_version())'); \
	$(BIN)/paradiplomacy calibrate --out "$$work"; \
	$(BIN)/paradiplomacy validate --calibration "$$work" --out results/reference/calibration --overwrite $(VALIDATE_FLAGS)

figures: $(READY)  ## Draw the published figures anew from the published calibration
	@$(BIN)/python -m tools.scenario_figures

turnover: $(READY)  ## Draw what a change of office-holder costs, at draws from the priors
	@$(BIN)/python -m tools.turnover_study

manifest: $(READY)  ## Write the manifest of what is published
	@$(BIN)/python -m tools.manifest

reproduce: $(READY)  ## Make all that is published in results/reference/ anew (some 70 minutes on two processors)
	@for part in calibration patterns headline screening surface figures turnover manifest; do $(MAKE) "$$part" || exit 1; done

wheel-check: $(READY)  ## Build the wheel and use it from an empty environment elsewhere
	@set -e; elsewhere=$$(mktemp -d); trap 'rm -rf "$$elsewhere"' EXIT; here=$$PWD; \
	echo "Building the wheel"; \
	$(BIN)/python -m build --wheel --no-isolation --outdir "$$elsewhere" . > "$$elsewhere/log" 2>&1 \
		|| { cat "$$elsewhere/log"; exit 1; }; \
	echo "Installing it into an empty environment"; \
	$(BIN)/python -m venv "$$elsewhere/venv"; \
	"$$elsewhere/venv/bin/python" -m pip install -qq -c constraints.txt "$$elsewhere"/*.whl; \
	cd "$$elsewhere"; \
	venv/bin/paradiplomacy run baseline --replicates 1 --out run; \
	venv/bin/paradiplomacy patterns --only M01 --replicates 2 --out patterns; \
	venv/bin/python -c "import pathlib, sim; assert pathlib.Path(sim.__file__).is_relative_to(pathlib.Path.cwd().resolve())"; \
	echo "The wheel works."

release-crate: $(READY)  ## Build wheel and source archive and describe them as an RO-Crate: build/release/
	@rm -rf build/release && mkdir -p build
	@$(BIN)/python -m build --no-isolation --outdir build/release . > build/release.log 2>&1 || { cat build/release.log; exit 1; }
	@$(BIN)/python -m tools.release_crate build/release
	@echo "The release: build/release"

clean:  ## Remove what was built and cached, but neither .venv nor results
	@rm -rf build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -not -path './.venv*/*' -prune -exec rm -rf {} +
