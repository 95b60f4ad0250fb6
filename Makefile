# Theratrack: `make demo` and `make test` do all their own set-up on Debian 12 with Swift 6.3.

DEMO ?= demo
SIZE ?= small
SEED ?= 7
FUZZ_SECONDS ?= 60
TOOL := .build/release/theratrack
# What a site would know of its scanners and its tracer; the variation is an assumption.
DEMO_SETTINGS := --id demo --pet-resolution 6mm --spect-resolution 11mm --variation 12% \
  --variation-source "assumed for the demo" --limits ../plugins/limits/lu177-kidney-marrow.yaml
BUILD := swift build -c release --explicit-target-dependency-import-check error

.PHONY: demo contact-sheet test lint check check-long fuzz bench bench-load build packages clean bench-registration bench-warp bench-dose bench-timeactivity bench-pictures \
  bench-lesions

## packages: install what is missing, and say why
packages:
	@sh .ci/packages.sh

## build: the command, in release mode, with the import table enforced
build: packages
	$(BUILD) --product theratrack

## demo: a virtual course as DICOM, then index and run on it
demo: build
	rm -rf $(DEMO)
	$(TOOL) phantom --size $(SIZE) --seed $(SEED) -o $(DEMO)
	$(TOOL) index $(DEMO)/dicom --course $(DEMO)/course.yaml $(DEMO_SETTINGS)
	@# Exit code 3 says that something is not assessable: the marrow was never measured.
	$(TOOL) run $(DEMO)/course.yaml -o $(DEMO)/results || [ $$? -eq 3 ]

## contact-sheet: every picture of the demo on one sheet, docs/images/contact-sheet.png
contact-sheet: demo
	$(TOOL) picture $(DEMO)/results/pictures --kind sheet --replace -o docs/images/contact-sheet.png

## test: the whole suite, optimised (debug Swift makes numeric loops 50 times slower)
test: packages
	$(BUILD) -Xswiftc -enable-testing --build-tests
	swift test -c release -Xswiftc -enable-testing --disable-xctest --skip-build

## lint: formatting
lint:
	swift format lint --strict --recursive Package.swift Sources Tests

## check: what CI runs
check: test lint

# Independent DICOM readers for check-long, in an environment of their own (needs python3-venv).
PYTHON := $(CURDIR)/.build/interoperability/bin/python

$(PYTHON): Tests/Interoperability/requirements.txt
	python3 -m venv .build/interoperability
	.build/interoperability/bin/pip install -q -r Tests/Interoperability/requirements.txt
	touch $@

## check-long: the slow checks, a comparison with other DICOM readers, a minute of each fuzzer
check-long: packages $(PYTHON)
	BENCHMARKS=1 $(BUILD) -Xswiftc -enable-testing --build-tests
	mkdir -p .build/fuzz/seeds
	THERATRACK_LONG=1 THERATRACK_PYTHON=$(PYTHON) THERATRACK_SEEDS=$(CURDIR)/.build/fuzz/seeds \
	  swift test -c release -Xswiftc -enable-testing --disable-xctest --skip-build
	sh Tests/Fuzz/run.sh $(FUZZ_SECONDS)

## fuzz: the readers under libFuzzer, FUZZ_SECONDS for each of two targets
fuzz:
	sh Tests/Fuzz/run.sh $(FUZZ_SECONDS)

## bench: time and memory of `theratrack run`, by stage
bench: build bench-load
	sh Tests/Benchmarks/run.sh $(TOOL)

## bench-load: time to load a CT and a PET, beside other readers in the same run
bench-load: packages
	BENCHMARKS=1 $(BUILD) --product bench-load
	sh Tests/Benchmarks/Load/run.sh .build/release/bench-load

## bench-registration: time, memory and landmark errors beside other tools, on pairs with known
## truth (needs Python 3.11; SEEDS, GRIDS, REPEATS and PEERS reduce it)
bench-registration: packages
	BENCHMARKS=1 $(BUILD) --product bench-registration
	sh Tests/Benchmarks/Registration/run.sh .build/release/bench-registration

## bench-warp: images through links, timed beside SimpleITK (fetched into a venv)
bench-warp: packages
	BENCHMARKS=1 $(BUILD) --product bench-warp
	VENV=.build/bench-warp-venv sh Tests/Benchmarks/Warp/run.sh .build/release/bench-warp

## bench-timeactivity: voxel-wise time-activity fits, timed beside numpy (fetched into a venv)
bench-timeactivity: packages
	BENCHMARKS=1 $(BUILD) --product bench-timeactivity
	VENV=.build/bench-timeactivity-venv sh Tests/Benchmarks/TimeActivity/run.sh .build/release/bench-timeactivity

## bench-dose: voxel dose by kernels beside SciPy's FFT (fetched into a venv), and the Monte Carlo
bench-dose: packages
	BENCHMARKS=1 $(BUILD) --product bench-dose
	VENV=.build/bench-dose-venv sh Tests/Benchmarks/Dose/run.sh .build/release/bench-dose

## bench-pictures: 200 slices as PNG, timed beside Pillow and matplotlib (fetched into a venv)
bench-pictures: packages
	BENCHMARKS=1 $(BUILD) --product bench-pictures
	sh Tests/Benchmarks/Pictures/run.sh .build/release/bench-pictures

## bench-lesions: outlines, metrics and identity of 60 lesions at 4 time points, beside SciPy and
## scikit-image (fetched into a venv)
bench-lesions: packages
	BENCHMARKS=1 $(BUILD) --product bench-lesions
	VENV=.build/bench-lesions-venv sh Tests/Benchmarks/Lesions/run.sh .build/release/bench-lesions

clean:
	rm -rf .build $(DEMO)
