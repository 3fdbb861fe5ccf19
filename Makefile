# One build serves everything: release, because numeric code in debug is 50 times slower; testable, so that the
# tests need no second one; and with warnings as errors, so that the lint needs no third.
BUILD_DIR ?= .build
FLAGS := --scratch-path $(BUILD_DIR) -c release -Xswiftc -enable-testing -Xswiftc -warnings-as-errors
SWIFT_FILES := Package.swift Sources Tests Benchmarks/Package.swift Benchmarks/KTOBenchmarks Benchmarks/TokenizerBenchmark

.PHONY: build test lint conformance reliability format setup clean

build: setup
	swift build $(FLAGS) --product kto-data

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

# Runs that are killed at random moments, and prepared data with flipped bits: some minutes.
reliability: build
	Tests/Reliability/kill_train.sh 50 $(BUILD_DIR)/release/kto-data
	SIGNAL=TERM Tests/Reliability/kill_train.sh 20 $(BUILD_DIR)/release/kto-data
	Tests/Reliability/flip_train.sh 60 $(BUILD_DIR)/release/kto-data

format:
	swift format --in-place --parallel --recursive $(SWIFT_FILES)

setup:
	@scripts/setup.sh

clean:
	swift package --scratch-path $(BUILD_DIR) clean
	rm -rf test_logs test_checkpoints test_outputs test_data
