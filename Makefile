# SPDX-License-Identifier: GPL-3.0-or-later
# mptcptools: one Makefile, not recursive.  "make help" says what it can do.
# A new lib/*/*.c, cmd/*.c, tests/*.t or man page is found by its name.

VERSION = 0.2.0

prefix ?= /usr/local
bindir ?= $(prefix)/bin
mandir ?= $(prefix)/share/man
bashdir ?= $(prefix)/share/bash-completion/completions
zshdir ?= $(prefix)/share/zsh/site-functions
schemadir ?= $(prefix)/share/mptcptools/schema
docdir ?= $(prefix)/share/doc/mptcptools
PKG_CONFIG ?= pkg-config
CFLAGS ?= -O2 -g
JOBS ?= 2
SANITIZE ?=
COVERAGE ?=
DEVELOPER ?=

# What is made and tested does not depend on whose configuration is there.
export MPTCP_CONFIG =

# A build of another kind has a directory of its own: build/clang-address.
comma := ,
empty :=
ifeq ($(SANITIZE),1)
override SANITIZE := address,undefined
endif
variant := $(filter-out cc gcc,$(notdir $(firstword $(CC)))) \
	$(subst $(comma),-,$(SANITIZE)) $(if $(COVERAGE),coverage)
variant := $(subst $(empty) $(empty),-,$(strip $(variant)))
BUILD ?= build$(addprefix /,$(variant))

warnings = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wvla -Wformat=2 -Werror=format-security $(if $(DEVELOPER),-Werror)
harden = -fPIE -fstack-protector-strong -U_FORTIFY_SOURCE
ifneq ($(SANITIZE),)
override CFLAGS += -O1 -g -fno-omit-frame-pointer -fsanitize=$(SANITIZE) \
	-fno-sanitize-recover=all
else ifneq ($(COVERAGE),)
override CFLAGS += -O0 -g --coverage
else ifneq ($(filter -O1 -O2 -O3 -Os,$(lastword $(filter -O%,$(CFLAGS)))),)
harden += -D_FORTIFY_SOURCE=2
endif

# Only goals that compile ask for the libraries.
no_build := help clean dist uninstall lint format fuzz
ifneq ($(filter-out $(no_build),$(or $(MAKECMDGOALS),all)),)
modules := jansson smartcols libmd libxxhash cairo zlib ncursesw
absent := $(strip $(foreach m,$(modules),$(if $(shell \
	$(PKG_CONFIG) --exists $(m) && echo yes),,$(m))))
ifneq ($(absent),)
$(error $(PKG_CONFIG) does not find $(absent); "./setup.sh packages" names \
what to install)
endif
module_cflags := $(shell $(PKG_CONFIG) --cflags $(modules))
module_libs := $(shell $(PKG_CONFIG) --libs $(modules)) -lcsv -lm
endif

language = -std=gnu11 -D_GNU_SOURCE -Ilib -I$(BUILD)/made \
	-DMPTCPTOOLS_VERSION='"$(VERSION)"' \
	-DMPTCPTOOLS_COMMANDS='"$(notdir $(commands))"'
compile = $(CC) $(language) $(module_cflags) $(CPPFLAGS) $(warnings) \
	$(harden) $(CFLAGS) -pthread -MMD -MP
link = $(CC) $(CFLAGS) -pthread -fPIE -pie -Wl,-z,relro -Wl,-z,now \
	-Wl,--as-needed $(LDFLAGS)
banned = -include base/banned.h
run = $(if $(V),,@printf '  %-5s%s\n' $1 $@ &&)

lib := $(BUILD)/libmptcp.a
lib_o := $(patsubst %.c,$(BUILD)/obj/%.o,$(sort $(wildcard lib/*/*.c)))
cmd_o := $(patsubst %.c,$(BUILD)/obj/%.o,$(sort $(wildcard cmd/*.c)))
test_o := $(patsubst %.c,$(BUILD)/obj/%.o,$(sort $(wildcard tests/unit/test_*.c)))
commands := $(patsubst $(BUILD)/obj/cmd/%.o,$(BUILD)/%,$(cmd_o))
bash_completions := $(patsubst $(BUILD)/%,$(BUILD)/completions/bash/%,$(commands))
zsh_completions := $(patsubst $(BUILD)/%,$(BUILD)/completions/zsh/_%,$(commands))
units := $(patsubst $(BUILD)/obj/tests/unit/%.o,$(BUILD)/tests/%,$(test_o))
fuzz_o := $(patsubst %.c,$(BUILD)/obj/%.o,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
fuzzers := $(patsubst $(BUILD)/obj/tests/fuzz/%.o,$(BUILD)/tests/%,$(fuzz_o))
# Those that take long first, so that none runs alone at the end.
long_scripts := $(foreach s,reference-shared reference shortcomings faults vantage \
    split reader readers both-ends rules cuts ci,tests/$s.t)
scripts := $(long_scripts) \
    $(filter-out $(long_scripts),$(sort $(wildcard tests/*.t)))
python_scripts = $(shell grep -l '^\#!.*python' $(scripts))
example_dirs := $(patsubst %/,%,$(sort $(wildcard examples/*/)))
examples := $(sort $(filter-out $(example_dirs),$(wildcard examples/* examples/*/*)))
schemas := $(sort $(wildcard schema/*.json))
pages := $(sort $(wildcard man/*.1 man/*.5 man/*.7))

all: $(commands) $(lib) completions	## build the library and the commands (default)

completions: $(bash_completions) $(zsh_completions)	## of the shells

$(commands): $(BUILD)/%: $(BUILD)/obj/cmd/%.o $(lib)
	$(call run,LINK) $(link) -o $@ $< $(lib) $(module_libs) $(LDLIBS)

$(bash_completions): $(BUILD)/completions/bash/%: $(BUILD)/% completions/bash.awk completions/common.bash
	@mkdir -p $(@D)
	$(call run,GEN) $< --help-completion=options >$@.txt && \
	    awk -v common=completions/common.bash -f completions/bash.awk $@.txt >$@ && rm $@.txt

$(zsh_completions): $(BUILD)/completions/zsh/_%: $(BUILD)/% completions/zsh.awk completions/common.zsh
	@mkdir -p $(@D)
	$(call run,GEN) $< --help-completion=options >$@.txt && \
	    awk -v common=completions/common.zsh -f completions/zsh.awk $@.txt >$@ && rm $@.txt

$(units): $(BUILD)/tests/%: $(BUILD)/obj/tests/unit/%.o $(lib)
	@mkdir -p $(@D)
	$(call run,LINK) $(link) -o $@ $< $(lib) $(module_libs) \
	    $$($(PKG_CONFIG) --libs cmocka) $(LDLIBS)

# With -fsanitize=fuzzer-no-link: libFuzzer; else the corpus is replayed.
driver := $(if $(findstring fuzzer,$(SANITIZE)),-fsanitize=fuzzer,\
	$(BUILD)/obj/tests/fuzz/driver.o)
$(fuzzers): $(BUILD)/tests/%: $(BUILD)/obj/tests/fuzz/%.o \
	$(BUILD)/obj/tests/fuzz/driver.o $(lib)
	@mkdir -p $(@D)
	$(call run,LINK) $(link) -o $@ $< $(driver) $(lib) $(module_libs) $(LDLIBS)

$(lib): $(lib_o) $(BUILD)/objects
	$(call run,AR) rm -f $@ && $(AR) rcs $@ $(lib_o)

# A file as the strings of its lines, for those that have it in them.
page_parts := $(patsubst lib/%,$(BUILD)/made/%.inc,$(wildcard lib/page/*.css lib/page/*.js))
$(page_parts): $(BUILD)/made/%.inc: lib/%
	@mkdir -p $(@D)
	$(call run,GEN) sed 's/[\\"]/\\&/g; s/.*/"&\\n",/' $< >$@
$(BUILD)/obj/lib/page/document.o: $(page_parts)

$(test_o): banned = $$($(PKG_CONFIG) --cflags cmocka)
$(BUILD)/obj/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(call run,CC) $(compile) $(banned) -c -o $@ $<

# Rewritten when it would change: other flags or a file less mean new objects.
$(BUILD)/flags: export NOW = $(compile) : $(link)
$(BUILD)/objects: export NOW = $(lib_o)
$(BUILD)/flags $(BUILD)/objects: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' "$$NOW" | cmp -s - $@ || printf '%s\n' "$$NOW" >$@

demo: all			## list the MPTCP connections of an example capture
	@echo 'The MPTCP connection of an example capture, taken at the client,'
	@echo 'with its subflows over two paths:'
	@echo '$$ mptcp-ls -s testdata/captures/two-paths-client.pcapng'
	@$(BUILD)/mptcp-ls -s testdata/captures/two-paths-client.pcapng

# What tests must leave as it was: all but what git and this Makefile write.
tree = find . \( -path ./.git -o -path ./build -o -path './$(BUILD)' \) -prune -o -print | sort

# The interpreter itself: what stands for it in PATH may be a slow wrapper.
python_dir = import os, sys; print(os.path.dirname(sys.executable))

# The scripts in tests/ find the executables by $BUILD.  One more than there are
# processors, as some wait.
check: all $(units) $(fuzzers)	## run the unit tests and tests/*.t
	$(if $(units)$(scripts),,$(error no tests found))
	SHARED_CACHE=$$(mktemp -d); export SHARED_CACHE; \
	python3 -m compileall -q tests >/dev/null; \
	$(tree) >"$$SHARED_CACHE.before"; \
	sh tests/quick_tshark "$$SHARED_CACHE.bin"; \
	PATH=$$SHARED_CACHE.bin:$$(python3 -c '$(python_dir)'):$$PATH; export PATH; \
	BUILD='$(abspath $(BUILD))' CMOCKA_MESSAGE_OUTPUT=TAP \
	    LSAN_OPTIONS='suppressions=$(abspath tests/lsan.supp):print_suppressions=0' \
	    prove -j$$(($(JOBS) + 1)) --timer --exec '' $(scripts) $(units); \
	status=$$?; \
	$(tree) | diff "$$SHARED_CACHE.before" - || \
	    { echo 'the tests left this in the tree, or took it away' >&2; status=1; }; \
	rm -rf "$$SHARED_CACHE" "$$SHARED_CACHE.before" "$$SHARED_CACHE.bin" tests/__pycache__; \
	exit $$status

regen: all			## write anew what is made: goldens, parts of man, schema
	REGEN=1 BUILD='$(abspath $(BUILD))' sh tests/golden.t
	REGEN=1 BUILD='$(abspath $(BUILD))' python3 -B tests/pages.t
	REGEN=1 python3 -B tests/map.t
	BUILD='$(abspath $(BUILD))' python3 -B tests/columns.py write

SECONDS ?= 60
fuzz:				## run the fuzz targets, SECONDS=60 each
	$(MAKE) CC=clang SANITIZE=address,undefined,fuzzer-no-link \
	    BUILD=build/fuzz fuzzers
	for target in $(notdir $(fuzzers)); do \
	    sh tests/fuzz/run build/fuzz "$$target" $(SECONDS) || exit 1; \
	done
fuzzers: $(fuzzers)

# Scripts that run every command, many of them natively: the rest takes hours.
VALGRIND = valgrind -q --leak-check=full --error-exitcode=9
under_valgrind ?= $(addprefix tests/,golden.t reinject.t events.t handover.t owd.t pair.t \
    rtt.t tally.t tables.t summary.t fail-on.t merge.t monitor.t)
check-valgrind: all $(units)	## run the unit tests and some scripts under valgrind
	$(if $(units),,$(error no unit tests found))
	$(if $(SANITIZE),$(error valgrind and SANITIZE= exclude each other))
	CMOCKA_MESSAGE_OUTPUT=TAP prove -j$(JOBS) --exec '$(VALGRIND)' $(units)
	mkdir -p $(BUILD)/valgrind
	for command in $(notdir $(commands)); do \
	    printf '#!/bin/sh\nexec $(VALGRIND) %s "$$@"\n' "$(abspath $(BUILD))/$$command" \
	        >$(BUILD)/valgrind/$$command && \
	    chmod +x $(BUILD)/valgrind/$$command || exit 1; \
	done
	BUILD='$(abspath $(BUILD))/valgrind' prove -j$(JOBS) --exec '' $(under_valgrind)

gallery: all			## draw the pictures of README.md anew
	for kind in dsn rate flight; do \
	    $(BUILD)/mptcp-plot $$kind --size 760x460 -w doc/$$kind.png \
	        testdata/captures/path-failure-client.pcapng.gz || exit 1; \
	done
	$(BUILD)/mptcp-plot owd --size 760x460 --towards server -w doc/owd.png \
	    testdata/captures/two-paths-client.pcapng \
	    testdata/captures/two-paths-server.pcapng.gz

bench: all			## time and memory of large captures, into BENCH.md
	python3 tests/bench/bench.py '$(abspath $(BUILD))' -w BENCH.md
	python3 tests/bench/two_captures.py '$(abspath $(BUILD))'

coverage:			## lines of lib/ that COVERAGE=1 check ran
	$(if $(COVERAGE),,$(error say COVERAGE=1, after COVERAGE=1 check))
	python3 tests/coverage.py $(BUILD)

# What gcc's analyzer is wrong about: pointers that are there when a count says
# so, memory that a function of another file keeps or fills, uthash.
wrong_of_analyzer = $(addprefix -Wno-analyzer-,null-dereference malloc-leak \
    null-argument use-of-uninitialized-value)

cairo = $$($(PKG_CONFIG) --cflags cairo)

lint: $(page_parts)		## shellcheck, clang-tidy, cppcheck, gcc -fanalyzer, mandoc
	shellcheck setup.sh .ci/run debian/tests/smoke \
	    $(filter-out $(python_scripts),$(scripts)) \
	    $(wildcard tests/*.sh) tests/fake-tshark tests/tshark_once tests/fuzz/run
	shellcheck -s bash completions/common.bash
	shellcheck $(filter-out %.py %.sql %.awk %.md %.tsv %.yml %/Makefile %/config examples/wireshark/%,$(examples))
	printf '%s\n' $(wildcard lib/*/*.c cmd/*.c) | xargs -P$(JOBS) -I {} \
	    clang-tidy --quiet {} -- $(language) $(cairo) 2>/dev/null
	cppcheck --quiet --error-exitcode=1 --inline-suppr --std=c11 -Ilib \
	    --enable=warning,portability --library=gnu,posix \
	    --library=tests/cppcheck.cfg \
	    --suppress=readdirCalled --suppress=unknownEvaluationOrder \
	    --suppress=autoVariables -j$(JOBS) lib cmd
	printf '%s\n' $(wildcard lib/*/*.c cmd/*.c) | xargs -P$(JOBS) -I {} \
	    gcc $(language) $(cairo) -O1 -Werror -fanalyzer $(wrong_of_analyzer) -c -o /dev/null {}
	command -v mandoc >/dev/null
	! mandoc -T lint -W style $(pages) </dev/null 2>/dev/null | \
	    grep -v 'referenced manual not found'

format:				## clang-format over lib, cmd and tests
	clang-format -i $(wildcard lib/*/*.[ch] cmd/*.[ch] tests/unit/*.[ch] \
	    tests/fuzz/*.[ch])

install: all			## commands, pages, completions, schemas, examples
	install -d $(DESTDIR)$(bindir) $(DESTDIR)$(bashdir) $(DESTDIR)$(zshdir) \
	    $(DESTDIR)$(schemadir) \
	    $(addprefix $(DESTDIR)$(docdir)/,examples $(example_dirs)) \
	    $(foreach s,1 5 7,$(DESTDIR)$(mandir)/man$(s))
	install -m 755 $(commands) $(DESTDIR)$(bindir)
	install -m 644 $(bash_completions) $(DESTDIR)$(bashdir)
	install -m 644 $(zsh_completions) $(DESTDIR)$(zshdir)
	install -m 644 $(schemas) $(DESTDIR)$(schemadir)
	$(foreach d,examples $(example_dirs),cp $(filter $(wildcard $(d)/*),$(examples)) \
	    $(DESTDIR)$(docdir)/$(d) &&) :
	chmod -R a+rX $(DESTDIR)$(docdir)/examples
	$(foreach p,$(pages),install -m 644 $(p) \
	    $(DESTDIR)$(mandir)/man$(subst .,,$(suffix $(p))) &&) :

uninstall:			## remove what install puts there
	rm -f $(addprefix $(DESTDIR)$(bindir)/,$(notdir $(commands)))
	rm -f $(addprefix $(DESTDIR)$(bashdir)/,$(notdir $(bash_completions)))
	rm -f $(addprefix $(DESTDIR)$(zshdir)/,$(notdir $(zsh_completions)))
	rm -f $(addprefix $(DESTDIR)$(schemadir)/,$(notdir $(schemas)))
	rm -f $(addprefix $(DESTDIR)$(docdir)/,$(examples))
	rm -f $(foreach p,$(pages),$(DESTDIR)$(mandir)/man$(subst \
	    .,,$(suffix $(p)))/$(notdir $(p)))

dist:				## a tarball of what is committed
	git archive --prefix=mptcptools-$(VERSION)/ HEAD | gzip -9n >mptcptools-$(VERSION).tar.gz

clean:				## remove the build directory
	rm -rf $(BUILD)

help:				## this list
	@echo 'Targets:'
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/\1 \2/p' Makefile | \
	    while read -r t text; do printf '  %-16s%s\n' "$$t" "$$text"; done
	@echo 'Variables:'
	@echo '  CC= CFLAGS= CPPFLAGS= LDFLAGS= LDLIBS= PKG_CONFIG=  as usual'
	@echo '  SANITIZE=address,undefined   sanitizers (SANITIZE=1: these two)'
	@echo '  COVERAGE=1      count executed lines, for gcov'
	@echo '  DEVELOPER=1     warnings are errors'
	@echo '  SECONDS=N       of fuzzing per target; now $(SECONDS)'
	@echo '  V=1             show whole commands'
	@echo '  BUILD=DIR       build there; now $(BUILD)'
	@echo '  JOBS=N          tests at a time; now $(JOBS)'
	@echo '  DESTDIR= prefix= bindir= mandir= bashdir= zshdir= schemadir= docdir='
	@echo '                  where install puts files'

FORCE:
.PHONY: coverage fuzz fuzzers bench gallery all completions dist demo check regen \
	check-valgrind lint format install uninstall clean help FORCE
.DELETE_ON_ERROR:
-include $(patsubst %.o,%.d,$(lib_o) $(cmd_o) $(test_o) $(fuzz_o))
