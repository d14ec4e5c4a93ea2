#!/bin/sh
# lint_all.sh - "make lint": every lint over the whole tree, each with its time; any finding fails.
# SPDX-License-Identifier: MIT
#
# usage: lint_all.sh COMPILER_FLAG...   (in the build folder, after "make"; srcdir in the environment)
# A tool that is not installed is a failure: the lint of a tree is the whole lint.
set -u
if test "${1-}" = --tidy-file; then
    file=$3
    set -- --quiet -p "$2"
    # error.c defines what that header wraps, and the shim knows nothing of errors.
    case $file in
    core/base/error.c | core/run/shim/* | core/run/wire/*) ;;
    *) set -- "$@" --extra-arg=-include --extra-arg="$(dirname "$0")/analyzer.h" ;;
    esac
    # The analyzer takes most of the time, and the sanitizers walk every path of the tests.
    case $file in
    tests/*) set -- "$@" --checks=-clang-analyzer-\* ;;
    esac
    out=$(clang-tidy "$@" "$file" 2>&1) && exit 0
    printf '%s\n' "$out" | grep -v '^[0-9]* warnings\{0,1\} .*generated\.$'
    exit 1
fi
build=$(pwd)
here=$(cd "$(dirname "$0")" && pwd)
result=0
jobs=$(nproc)

# clang-tidy (and clangd) read the flags from this file; folders must hold from anywhere.
for flag in "$@"; do
    case $flag in
    -I/*) ;;
    -I*) flag=-I$(cd "${flag#-I}" && pwd) ;;
    esac
    printf '%s\n' "$flag"
done >compile_flags.txt
set --
# shellcheck source=lib.sh
. "$here/lib.sh"

# says NAME COMMAND...: runs it, and tells how it went.
step()
{
    name=$1
    shift
    began=$(date +%s)
    if "$@"; then
        verdict=ok
    else
        verdict="NOT OK"
        result=1
    fi
    printf '%-12s %s (%d s)\n' "$name" "$verdict" $(($(date +%s) - began))
}

# A lint that is a test as well; skipping is no success here.
cheap()
{
    out=$(sh "$here/$1.sh" "$2" 2>&1) && return
    printf '%s\n' "$out"
    return 1
}

# Calls itself for each file, to have both processors at work.
tidy()
{
    c_files | grep '\.c$' | xargs -P "$jobs" -n 1 sh "$here/lint_all.sh" --tidy-file "$build"
}

cppcheck_tree()
{
    cppcheck -q -j "$jobs" --std=c11 --enable=warning,performance,portability --inline-suppr \
        --error-exitcode=1 --suppressions-list="$here/cppcheck.txt" -I . \
        --template='{file}:{line}: {message} [{id}]' core storage tui
}

scripts()
{
    {
        find tests docs -path tests/tmp -prune -o -type f -name '*.sh' -print
        for script in bootstrap .ci/run tests/run-test tests/tally tests/in-folder \
            tests/coverage-report; do
            test -f "$script" && echo "$script"
        done
    } | xargs shellcheck
}

step layers cheap layers "$lint_root"
step bans cheap bans "$lint_root"
step map cheap map "$lint_root"
step format cheap format "$lint_root"
step data cheap data "$build"
step shellcheck scripts
step cppcheck cppcheck_tree
step clang-tidy tidy
step unused sh "$here/unused.sh" "$build"
step sizes sh "$here/sizes.sh" "$lint_root"
exit "$result"
