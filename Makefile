# 新余市政务公开数据驾驶舱。每个目标都会先把自己需要的东西装好。
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
PORT ?= 8501
VENV := .venv
PY := $(VENV)/bin/python
ARGS ?=
MINUTES ?=
# 不联网安装：make run WHEELS=目录（目录由联网机器上的 make wheels 生成）
WHEELS ?=
PIP = $(PY) -m pip $(1) -q --disable-pip-version-check $(if $(WHEELS),--no-index --find-links $(WHEELS))
# 打开哪份数据：COCKPIT_DATA；没有指定时，采集过就打开 data/，否则打开演示数据。
DATA := $(or $(COCKPIT_DATA),$(if $(wildcard data/cockpit.duckdb),data,data/samples))
SERVE = $(PY) -m streamlit run dashboard.py --server.address 127.0.0.1 --server.port $(PORT)

.PHONY: help run demo test lint bench torture fuzz lock wheels sbom quality format setup clean

help: ## 列出全部目标
	@echo "新余市政务公开数据驾驶舱"
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 18
	@echo "  变量：PORT=8501  COCKPIT_DATA=数据目录  PYTHON=python3"

run: $(VENV)/.run ## 打开驾驶舱（首次自动安装并生成演示数据）
	@if [ "$(DATA)" = data/samples ]; then $(PY) -m cockpit demo --data data/samples; else $(PY) -m cockpit load --data "$(DATA)"; fi
	@echo "打开的数据：$(DATA)$$([ -f "$(DATA)/DEMO" ] && echo '（演示数据，不得用于考核）')。换一份：make run COCKPIT_DATA=目录"
	@echo "驾驶舱地址：http://127.0.0.1:$(PORT)/   大屏：http://127.0.0.1:$(PORT)/?kiosk=1   按 Ctrl-C 退出"
	@COCKPIT_DATA="$(DATA)" $(SERVE)

demo: $(VENV)/.run ## 不联网的真实采集：本机小城十个网站 → 采集 → 入库 → 计分 → 打开驾驶舱
	@$(PY) -m tests.sites.demo --data data/loopback
	@echo "驾驶舱地址：http://127.0.0.1:$(PORT)/   按 Ctrl-C 退出"
	@COCKPIT_DATA=data/loopback $(SERVE)

test: $(VENV)/.dev browser ## 运行全部测试（含浏览器测试）
	@$(PY) -m pytest $(ARGS)

lint: $(VENV)/.dev ## 检查代码风格与格式
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .

format: $(VENV)/.dev ## 自动整理格式
	@$(PY) -m ruff check --fix . ; $(PY) -m ruff format .

bench: $(VENV)/.bench ## 与同类工具在同一次运行中比速度；ARGS=endurance MINUTES=30 是 200 人半小时、同时采集
	@MINUTES=$(MINUTES) $(PY) -m tests.bench $(ARGS)

torture: $(VENV)/.dev ## 500 次 kill -9：逐个命令在随机时刻杀掉，核对一件不少、一件不重
	@$(PY) -m tests.faults.torture

fuzz: $(VENV)/.fuzz ## 按覆盖率引导的模糊测试（MINUTES=10，ARGS=page 只跑一个）；找到的案例存为测试
	@MINUTES=$(MINUTES) $(PY) -m tests.fuzz $(ARGS)

lock: requirements.txt requirements-supply.txt $(VENV)/bin/python ## 重新生成带摘要的锁文件 requirements.lock（需联网）
	@$(PY) -m pip install -q --disable-pip-version-check -r requirements-supply.txt
	@$(VENV)/bin/uv pip compile -q --generate-hashes --no-annotate --no-header --universal --python-version 3.11 requirements.txt -o requirements.lock
	@$(PY) .ci/supply.py check && echo "requirements.lock 已更新"

wheels: $(VENV)/bin/python ## 把全部运行依赖下载到 wheels/，供不联网的机器安装
	@$(PY) .ci/supply.py check
	@$(PY) -m pip download -q --disable-pip-version-check --only-binary :all: --require-hashes -r requirements.lock -d wheels
	@echo "已下载 $$(ls wheels | wc -l) 个文件到 wheels/。拷到内网机器后运行：make run WHEELS=wheels"

sbom: $(VENV)/.run ## 组件清单 build/sbom.cdx.json 与许可证清单 build/licenses.md
	@$(PY) .ci/supply.py parts

quality: $(VENV)/.dev ## 检测器的查准率、查全率与速度
	@$(PY) -m tests.quality

setup: $(VENV)/.dev browser ## 只安装，不运行

clean: ## 删除虚拟环境与演示数据（采集的数据不动）
	@rm -rf $(VENV) data/samples data/loopback .pytest_cache .ruff_cache

.PHONY: browser
browser:
	@PY=$(PY) .ci/browser

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "需要 Python 3.11 或更新版本；当前是 $$($(PYTHON) --version)。可用 make PYTHON=python3.12 指定" >&2; exit 2; }
	@echo "正在创建虚拟环境 $(VENV) ……"
	@$(PYTHON) -m venv $(VENV) \
	  || { echo "无法创建虚拟环境。Debian/Ubuntu 请先安装：apt-get install python3-venv" >&2; rm -rf $(VENV); exit 2; }

# 每份依赖清单一个时间戳；清单变了才重装。
# 锁文件与清单一致时逐个核对摘要；不一致时说明，并按清单安装。
$(VENV)/.run: requirements.txt requirements.lock | $(VENV)/bin/python
	@echo "正在安装运行依赖（首次约一分钟）……"
	@if $(PY) .ci/supply.py check; then $(call PIP,install) --require-hashes -r requirements.lock; \
	  else $(call PIP,install) -r requirements.txt; fi
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.run
	@echo "正在安装测试依赖……"
	@$(PY) -m pip install -q --disable-pip-version-check -r requirements-dev.txt
	@touch $@

$(VENV)/.fuzz: requirements-fuzz.txt $(VENV)/.dev
	@echo "正在安装 atheris ……"
	@$(PY) -m pip install -q --disable-pip-version-check -r requirements-fuzz.txt
	@touch $@

$(VENV)/.bench: requirements-bench.txt $(VENV)/.dev
	@echo "正在安装比较对象（LinkChecker、Scrapy、lychee）……"
	@$(PY) -m pip install -q --disable-pip-version-check -r requirements-bench.txt
	@touch $@
