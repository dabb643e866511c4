# `make report` is the whole way: the environment, the notebooks, the report.
#
# PYTHON is what everything runs in. Left alone it is .venv, made from requirements.lock by BASE_PYTHON when there is
# none, the lock has changed, or something in it is gone; PYTHON=python is the active conda or virtual environment,
# where nothing is installed.

# Where BASE_PYTHON comes from: a .venv of another version is made again only when it was asked for.
export BASE_PYTHON_ORIGIN := $(if $(filter undefined,$(origin BASE_PYTHON)),file,$(origin BASE_PYTHON))

# What is given on the command line or in the environment is text: a $ in it begins no function of make.
SETTINGS = PYTHON BASE_PYTHON STUDY PARAMS REPORTS SYNTHETIC NAME FOLDER TABLES JOBS AGAIN
$(foreach name,$(SETTINGS),$(if $(filter command environment,$(firstword $(origin $(name)))),\
	$(eval override $(name) := $$(value $(name)))))
# Make hands every variable of its command line to the programs that it runs, and would expand it on the way.
unexport $(foreach name,$(.VARIABLES),$(if $(filter command,$(firstword $(origin $(name)))),\
	$(if $(findstring $$,$(value $(name))),$(name))))

PYTHON ?= .venv/bin/python
BASE_PYTHON ?= python3
STUDY ?= quiredex-2013
PARAMS ?= params/$(STUDY).yaml
REPORTS ?= reports
SYNTHETIC ?= quiredex-2013 quiredex-2016 quiredex-2022 e3a06-2020 aquila-2025
NAME ?= my-trial
FOLDER ?= ../$(NAME)

# Recipes take the settings from the environment, as "$$SMMLIB_PARAMS": written into a recipe, the shell would run them.
$(foreach name,$(SETTINGS),$(eval override export SMMLIB_$(name) := $$($(name))))
ifdef JOBS
export JOBS
endif

# Compiled modules are kept: without them every notebook would spend seconds compiling its imports again.
unexport PYTHONDONTWRITEBYTECODE
# The number of threads moves the 13th digit of a sum, and notebooks side by side need the cores for themselves.
export OPENBLAS_NUM_THREADS = 1

.PHONY: help report reports pack check cohorts study test lab lint bench clean environment
.DEFAULT_GOAL = help

help:  ## show this
	@echo "make TARGET"
	@sed -n 's/^\([a-z]*\):.*## /  \1	/p' Makefile
	@echo "STUDY=freireich-1963 or PARAMS=my/study.yaml choose the study, REPORTS=folder where its report goes,"
	@echo "AGAIN=yes makes a report anew of which nothing has changed,"
	@echo "SYNTHETIC=aquila-2025 whose synthetic patients are made,"
	@echo "NAME=my-trial TABLES=../tables a new study of your tables, or FOLDER=../my-trial an empty one, JOBS=2 the notebooks at a time,"
	@echo "JOB_TIMEOUT=3600 the seconds that a notebook or the second implementation may take,"
	@echo "PYTHON=python the active environment instead of .venv, BASE_PYTHON=python3.12 the Python that makes .venv."

report: environment  ## run one study's notebooks and write reports/STUDY/index.html
	@"$$SMMLIB_PYTHON" -m smmlib report --reports="$$SMMLIB_REPORTS" $${SMMLIB_AGAIN:+--again} -- "$$SMMLIB_PARAMS"

reports: environment  ## the same for every study in params/
	@"$$SMMLIB_PYTHON" -m smmlib report $${SMMLIB_AGAIN:+--again} params/*.yaml

pack: environment  ## pack the report of one study for a reviewer, with what makes it again: reports/STUDY.zip
	@"$$SMMLIB_PYTHON" -m smmlib pack -- "$$SMMLIB_REPORTS/$$SMMLIB_STUDY"

check: environment  ## check one study's parameters and tables, say what they were taken to mean, and run nothing
	@"$$SMMLIB_PYTHON" -m smmlib check -- "$$SMMLIB_PARAMS"

cohorts: environment  ## make the synthetic patients again: cohorts, ensembles, ranges and their figures, some 15 minutes
	@set -f; for study in $$SMMLIB_SYNTHETIC; do set -- "$$@" "params/$$study.yaml"; done; \
	"$$SMMLIB_PYTHON" -m smmlib cohorts "$$@"
	@set -f; for study in $$SMMLIB_SYNTHETIC; do set -- "$$@" "params/$$study.yaml"; done; \
	"$$SMMLIB_PYTHON" -m smmlib ranges --figures=docs/ensembles "$$@"

study: environment  ## start a trial of your own: NAME=my-trial TABLES=folder-of-your-tables, or FOLDER=where
	@if [ -n "$$SMMLIB_TABLES" ]; then set -- "--tables=$$SMMLIB_TABLES" -- "$$SMMLIB_NAME"; \
	else set -- -- "$$SMMLIB_NAME" "$$SMMLIB_FOLDER"; fi; \
	"$$SMMLIB_PYTHON" -m smmlib new "$$@"

test: environment  ## run the tests, one process a core
	@"$$SMMLIB_PYTHON" -m pytest --numprocesses logical --maxprocesses 8 --dist loadfile --no-loadscope-reorder

lab: environment  ## open the notebooks in JupyterLab
	@"$$SMMLIB_PYTHON" -m jupyterlab notebooks

lint: environment  ## check the style of code and notebooks, and the types
	@echo "Checking style with ruff"
	@"$$SMMLIB_PYTHON" -m ruff check --quiet
	@"$$SMMLIB_PYTHON" -m ruff format --check --quiet
	@echo "Checking types with mypy"
	@"$$SMMLIB_PYTHON" -m mypy --no-error-summary

bench: environment  ## measure the speed beside other packages and R, and reconstructions beside their truth, some 20 minutes
	@"$$SMMLIB_PYTHON" benchmarks/run.py
	@"$$SMMLIB_PYTHON" -m benchmarks.reconstruction.run

clean:  ## remove .venv, caches and reports that were made here, but not the numbers that are in git
	@"$$SMMLIB_BASE_PYTHON" -I smmlib/clean.py

environment:
	@"$$SMMLIB_BASE_PYTHON" -I smmlib/environment.py "$$SMMLIB_PYTHON"
