# make          dist/: server, client, meshoverctl (one executable that carries its Node.js) and conf/
# make demo     a whole mesh on this machine: installs what is missing, builds, shows, checks
# make test     everything: types, lint, arrows, units, contracts, real FRR, the end-to-end lab
# make lab      every end-to-end scenario; make lab ONLY=name for one
# make bench    every bench; make bench ONLY=name for one
# make clean    removes what was built (caches in .cache/ stay)

.PHONY: all demo test check unit frr lab bench generate setup clean help

modules := node_modules/.package-lock.json

all: dist/meshover

help:
	@sed -n 's/^# //p' Makefile

$(modules): package.json package-lock.json
	npm ci --no-fund --loglevel error
	@touch $@

dist/meshover: $(modules) $(shell git ls-files server client ctl shared proto conf packaging 2>/dev/null)
	npm run --silent build

setup: $(modules)
	packaging/setup.sh

demo: setup all
	npm run --silent demo

test: setup check unit frr all lab

check: $(modules)
	npm run --silent types
	npm run --silent lint
	npm run --silent arrows
	npm run --silent unused

unit: setup
	npm run --silent unit

frr: setup
	npm run --silent frr

lab: setup all
	npm run --silent lab -- $(ONLY)

bench: setup all
	npm run --silent bench -- $(ONLY)

generate: $(modules)
	npm run --silent generate

clean:
	rm -rf dist artefacts coverage .cache/build
