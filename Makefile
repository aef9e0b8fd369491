# Two commands set a fresh Debian 12 machine up: `make demo` and `make test`. Both install the Debian packages they need.
SWIFT ?= swift
# One optimised, testable build serves tests, bench and demo.
FLAGS := -c release -Xswiftc -enable-testing
# `swift test` would add -enable-testing a second time and build everything anew after `make demo`.
TEST_FLAGS := --disable-testable-imports
BIN = $(shell $(SWIFT) build $(FLAGS) --show-bin-path)
TOPOLOGY ?= topology/three-levels.yaml
# Further words for `nhipcau demo`, for example ARGS='--for 20s --json'.
ARGS ?=

BUILD_PACKAGES := libssl-dev libopus-dev libavcodec-dev libavutil-dev libswscale-dev libsqlite3-dev libzstd-dev \
	pkg-config gcc g++ libc6-dev git ca-certificates
# What the Swift toolchain's own programs load (ldd), and the time zones that Foundation reads.
BUILD_PACKAGES += libncurses6 libcurl4 libxml2 zlib1g tzdata
DEMO_PACKAGES := espeak-ng ffmpeg fonts-dejavu-core

.PHONY: help build demo province test scenarios twice swarm standalone sweep live model fuzz fuzz-smoke bench browsers pictures coverage format packages demo-packages clean
help:
	@echo 'make demo [TOPOLOGY=topology/yen-mo.yaml]   a whole network on this machine, with bots in every hall'
	@echo 'make test                                   all tests'
	@echo 'make scenarios                              every scenario of simulations/ on a virtual clock'
	@echo 'make twice [SEED=7]                         the same in two processes: their digests must be equal'
	@echo 'make swarm [SEEDS=200]                      networks, meetings and faults drawn from seeds'
	@echo 'make sweep [SEEDS=20000] [NODES=14]         the same with the standalone program, which is a fifth faster'
	@echo 'make standalone                             the program with the libraries of Swift within, to be installed'
	@echo 'make province                               126 nodes and a bot in every hall, for a minute'
	@echo 'make browsers                               the meeting across three levels with real browsers'
	@echo 'make pictures                               the pictures of the README, from a running demo'
	@echo 'make live                                   cuts, crashes and heals of real processes, with figures (ten minutes)'
	@echo 'make model                                  the floor, searched to the end by SPIN'
	@echo 'make fuzz [FOR=600]                         every parser of the network, so long each'
	@echo 'make bench                                  what forwarding a packet costs'
	@echo "make coverage [ARGS='--filter RTPTests']    which lines the tests reach, by module"
	@echo 'make format                                 the lint: how the code is laid out'

# Installs what is missing and says so; silent when everything is there.
define install
@missing=""; for p in $(1); do dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$p"; done; \
if [ -n "$$missing" ]; then \
	echo "==> installing Debian packages (a minute or two):$$missing"; \
	sudo=""; [ "$$(id -u)" = 0 ] || sudo=sudo; \
	$$sudo apt-get update -qq && $$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
fi
endef

packages:
	$(call install,$(BUILD_PACKAGES))

demo-packages: packages
	$(call install,$(DEMO_PACKAGES))

build: packages
	@command -v $(SWIFT) >/dev/null || { echo 'Swift 6.3 is not on the PATH: see https://www.swift.org/install/linux/debian/'; exit 1; }
	@echo '==> building (the first time about ten minutes on two cores: the dependencies are built too)'
	$(SWIFT) build $(FLAGS) --product nhipcau

demo: demo-packages build
	@echo '==> starting $(TOPOLOGY); Ctrl-C stops everything'
	$(BIN)/nhipcau demo $(TOPOLOGY) $(ARGS)

test: format demo-packages model
	@echo '==> building and testing (the first time about fifteen minutes on two cores)'
	$(SWIFT) test $(FLAGS) $(TEST_FLAGS)
	@echo '==> tests that measure seconds, by themselves'
	NHIPCAU_TIMED=1 $(SWIFT) test $(FLAGS) $(TEST_FLAGS) --skip-build --filter 'HTTPConnectionTests|HTTPEndTests'
	@echo '==> every scenario of simulations/ in two processes, and 200 networks drawn from seeds (three minutes)'
	@Tests/twice.sh $(BIN)/nhipcau 1
	@$(BIN)/nhipcau simulate --swarm --nodes 14 --seed 1 --seeds 200
	@echo '==> 20,000 inputs for each parser of the network (three minutes, most of them building)'
	@SWIFTC=$(SWIFT)c JOBS=2 Tests/Fuzz/fuzz.sh smoke || [ $$? = 77 ]

scenarios: build
	$(BIN)/nhipcau simulate simulations --seed 1

# The same digests in two processes with different hash seeds, runs side by side or not.
SEED ?= 7
twice: build
	@Tests/twice.sh $(BIN)/nhipcau $(SEED)

SEEDS ?= 200
swarm: build
	$(BIN)/nhipcau simulate --swarm --nodes 14 --seed 1 --seeds $(SEEDS)

# Swift's libraries are within: it runs where they are not, and without a table between it and them it is a fifth faster. Tests cannot
# be built so (the toolchain has no static Testing), hence a folder of its own.
STANDALONE := .build/standalone
standalone: packages
	@echo '==> building (about ten minutes on two cores)'
	$(SWIFT) build -c release --static-swift-stdlib --scratch-path $(STANDALONE) --product nhipcau
	@echo 'the program: $(STANDALONE)/release/nhipcau, and beside it NhipCau_Console.resources'

sweep: SEEDS = 20000
sweep: NODES = 14
sweep: standalone
	$(STANDALONE)/release/nhipcau simulate --swarm --nodes $(NODES) --seed 1 --seeds $(SEEDS)

live: demo-packages build
	NHIPCAU_LIVE=1 $(SWIFT) test $(FLAGS) $(TEST_FLAGS) --filter LiveRows

province: demo-packages build
	@echo '==> the largest network here: 126 nodes and as many bots; wants more than two cores'
	$(BIN)/nhipcau demo topology/soc-trang.yaml --for 60s $(ARGS)

model:
	$(call install,spin gcc libc6-dev)
	@echo '==> the model of the floor: the design must be clean, every mutant must fail (two minutes)'
	@docs/model/check.sh

FOR ?= 600
fuzz: packages
	SWIFTC=$(SWIFT)c Tests/Fuzz/fuzz.sh $(FOR)

# The same 20,000 inputs each time; most of the time goes into building.
fuzz-smoke: packages
	@SWIFTC=$(SWIFT)c JOBS=2 Tests/Fuzz/fuzz.sh smoke

bench: packages
	$(SWIFT) build $(FLAGS) --product Benchmarks
	$(BIN)/Benchmarks

browsers: demo-packages build
	$(call install,chromium firefox-esr libnss3-tools python3-venv)
	Tests/browsers/run.sh $(BIN)/nhipcau

# The README's: pages of a running demo, a drawing, and a report of the simulator.
pictures: demo-packages build
	$(call install,chromium python3)
	@echo '==> docs/pictures (a minute)'
	@python3 -B Tests/browsers/pictures.py $(BIN)/nhipcau docs/pictures

# Instrumented code is built in a folder of its own: the other builds stay as they are. llvm-cov comes with the Swift toolchain.
COVERAGE := .build/coverage
COVERAGE_FLAGS = $(FLAGS) --scratch-path $(COVERAGE)
LLVM_COV ?= $(firstword $(wildcard $(dir $(shell readlink -f "$$(command -v $(SWIFT))"))llvm-cov) llvm-cov)
coverage: demo-packages
	@echo '==> building with counters and testing (from nothing about twenty minutes on two cores; ARGS=... chooses suites)'
	$(SWIFT) test $(COVERAGE_FLAGS) $(TEST_FLAGS) --enable-code-coverage $(ARGS)
	@bin=$$($(SWIFT) build $(COVERAGE_FLAGS) --show-bin-path); \
	printf '%-16s %8s %8s %8s\n' module lines missed covered; \
	for module in Sources/*/; do \
		name=$$(basename $$module); \
		case $$name in System | ClockFaults) continue ;; esac; \
		$(LLVM_COV) report $$bin/NhipCauPackageTests.xctest -instr-profile=$$bin/codecov/default.profdata \
			-ignore-filename-regex='[.]pb[.]swift$$' $$module | \
			awk -v name=$$name '$$1 == "TOTAL" { printf "%-16s %8s %8s %8s\n", name, $$8, $$9, $$10 }'; \
	done

# The toolchain's own; `swift format -i FILE` mends what it finds.
format:
	@echo '==> the lint (seconds)'
	@$(SWIFT) format lint --strict --parallel --recursive Sources Tests Package.swift

clean:
	rm -rf .build .build-fuzz
