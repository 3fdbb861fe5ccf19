# One build serves everything: release, because numeric code in debug is 50 times slower; testable, so that the
# tests need no second one; and with warnings as errors, so that the lint needs no third.
BUILD_DIR ?= .build
PREFIX ?= /usr/local
DESTDIR ?=
FLAGS := --scratch-path $(BUILD_DIR) -c release -Xswiftc -enable-testing -Xswiftc -warnings-as-errors
SWIFT_FILES := Package.swift Plugins Sources Tests Benchmarks/Package.swift Benchmarks/KTOBenchmarks Benchmarks/TokenizerBenchmark

.PHONY: build install uninstall test lint conformance reliability format setup clean

build: setup
	swift build $(FLAGS) --product kto-data

# The program, its completions for three shells, and a manual page for each command. The pages and the completions are
# what the program says of itself.
PROGRAM := $(BUILD_DIR)/release/kto-data
BIN := $(DESTDIR)$(PREFIX)/bin/kto-data
MAN := $(DESTDIR)$(PREFIX)/share/man/man1
BASH_COMPLETION := $(DESTDIR)$(PREFIX)/share/bash-completion/completions/kto-data
ZSH_COMPLETION := $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_kto-data
FISH_COMPLETION := $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/kto-data.fish

install: build
	install -D -m 755 $(PROGRAM) $(BIN)
	install -d $(MAN) $(dir $(BASH_COMPLETION)) $(dir $(ZSH_COMPLETION)) $(dir $(FISH_COMPLETION))
	$(PROGRAM) manual --output $(MAN) --force
	$(PROGRAM) --generate-completion-script bash > $(BASH_COMPLETION)
	$(PROGRAM) --generate-completion-script zsh > $(ZSH_COMPLETION)
	$(PROGRAM) --generate-completion-script fish > $(FISH_COMPLETION)

uninstall:
	rm -f $(BIN) $(BASH_COMPLETION) $(ZSH_COMPLETION) $(FISH_COMPLETION) $(MAN)/kto-data.1 $(MAN)/kto-data-*.1

# Its last line is the runner's count.
test: setup
	swift build $(FLAGS) --build-tests
	swift test $(FLAGS) --skip-build --disable-xctest

lint: setup
	swift format lint --strict --parallel --recursive $(SWIFT_FILES)
	swift build $(FLAGS) --build-tests

# Checks against peers from the Python registry, in an environment of its own; skipped where the registry does not answer.
conformance: setup
	swift build $(FLAGS) --build-tests
	SWIFT_FLAGS="$(FLAGS)" scripts/conformance.sh $(BUILD_DIR)

# Runs that are killed at random moments, prepared data with flipped bits, full disks, mutated inputs: some minutes.
reliability: build
	Tests/Reliability/kill_train.sh 50 $(BUILD_DIR)/release/kto-data
	SIGNAL=TERM Tests/Reliability/kill_train.sh 20 $(BUILD_DIR)/release/kto-data
	Tests/Reliability/flip_train.sh 60 $(BUILD_DIR)/release/kto-data
	python3 Tests/Reliability/kill_prepare.py $(BUILD_DIR)/release/kto-data data/models/*/snapshots/* --count 50
	python3 Tests/Reliability/kill_export.py $(BUILD_DIR)/release/kto-data --count 20
	python3 Tests/Reliability/full_disk.py $(BUILD_DIR)/release/kto-data data/models/*/snapshots/*
	python3 Tests/Reliability/mutate_inputs.py $(BUILD_DIR)/release/kto-data . --count 2000

format:
	swift format --in-place --parallel --recursive $(SWIFT_FILES)

setup:
	@scripts/setup.sh

clean:
	swift package --scratch-path $(BUILD_DIR) clean
	rm -rf test_logs test_checkpoints test_outputs test_data
