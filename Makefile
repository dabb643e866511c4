# `make report` is the whole way: the environment, the notebooks, the report.
#
# PYTHON is what everything runs in. Left alone it is .venv, made from requirements.lock by BASE_PYTHON when there is
# none or the lock has changed; PYTHON=python is the active conda or virtual environment, where nothing is installed.

PYTHON ?= .venv/bin/python
BASE_PYTHON ?= python3
STUDY ?= quiredex-2013
PARAMS ?= params/$(STUDY).yaml
REPORTS ?= reports
SYNTHETIC ?= quiredex-2013 quiredex-2016 quiredex-2022 e3a06-2020 aquila-2025
NAME ?= my-trial
FOLDER ?= ../$(NAME)

# Compiled modules are kept: without them every notebook would spend seconds compiling its imports again.
unexport PYTHONDONTWRITEBYTECODE
# The number of threads moves the 13th digit of a sum, and notebooks side by side need the cores for themselves.
export OPENBLAS_NUM_THREADS = 1

.PHONY: help report reports check cohorts study test lab lint bench clean environment
.DEFAULT_GOAL = help

help:  ## show this
	@echo "make TARGET"
	@sed -n 's/^\([a-z]*\):.*## /  \1	/p' Makefile
	@echo "STUDY=freireich-1963 or PARAMS=my/study.yaml choose the study, REPORTS=folder where its report goes,"
	@echo "SYNTHETIC=aquila-2025 whose synthetic patients are made,"
	@echo "NAME=my-trial FOLDER=../my-trial a new study and its folder, JOBS=2 the notebooks at a time,"
	@echo "JOB_TIMEOUT=3600 the seconds that a notebook or the second implementation may take,"
	@echo "PYTHON=python the active environment instead of .venv, BASE_PYTHON=python3.12 the Python that makes .venv."

report: environment  ## run one study's notebooks and write reports/STUDY/index.html
	@$(PYTHON) -m smmlib.report "$(PARAMS)" --reports "$(REPORTS)"

reports: environment  ## the same for every study in params/
	@$(PYTHON) -m smmlib.report params/*.yaml

check: environment  ## check one study's parameters and tables, say what they were taken to mean, and run nothing
	@$(PYTHON) -m smmlib.report.check "$(PARAMS)"

cohorts: environment  ## make the synthetic patients again: cohorts, ensembles, ranges and their figures, some 15 minutes
	@$(PYTHON) -m smmlib.synthetic $(SYNTHETIC:%=params/%.yaml)
	@for study in $(SYNTHETIC); do \
		$(PYTHON) -m smmlib.report.ranges params/$$study.yaml && \
		$(PYTHON) -m smmlib.report.ensemble_figure params/$$study.yaml docs/ensembles/$$study.png || exit 1; \
	done

study: environment  ## start a trial of your own: NAME=my-trial FOLDER=where
	@$(PYTHON) -m smmlib.trial.new_study "$(NAME)" "$(FOLDER)"

test: environment  ## run the tests, one process a core
	@$(PYTHON) -m pytest --numprocesses logical --maxprocesses 8 --dist loadfile --no-loadscope-reorder

lab: environment  ## open the notebooks in JupyterLab
	@$(PYTHON) -m jupyterlab notebooks

lint: environment  ## check the style of code and notebooks
	@echo "Checking style with ruff"
	@$(PYTHON) -m ruff check --quiet
	@$(PYTHON) -m ruff format --check --quiet

bench: environment  ## measure the speed beside other packages and R, and reconstructions beside their truth, some 20 minutes
	@$(PYTHON) benchmarks/run.py
	@$(PYTHON) -m benchmarks.reconstruction.run

clean:  ## remove .venv, caches and reports, but not the numbers that are in git
	@echo "Removing .venv, caches and built reports"
	@rm -rf docs/curves-example/reconstructed .venv .pytest_cache .ruff_cache .hypothesis build dist
	@find . -name .git -prune -o \( -name __pycache__ -o -name .ipynb_checkpoints \) -prune -exec rm -rf {} +
	@if [ -d reports ]; then find reports -type f ! -name numbers.csv ! -name ledger.csv -delete; fi
	@if [ -d reports ]; then find reports -mindepth 1 -type d -empty -delete; fi

environment:
	@$(BASE_PYTHON) -I smmlib/environment.py "$(PYTHON)"
