#!/bin/sh
# format.sh - every C file is as clang-format 14 writes it. Another version writes otherwise: skipped.
# SPDX-License-Identifier: MIT
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

tool=
for name in clang-format-14 clang-format; do
    case $($name --version 2>/dev/null) in
    *" version 14."*) tool=$name && break ;;
    esac
done
if test -z "$tool"; then
    echo "skip-ok: clang-format 14 is not installed"
    exit 77
fi
c_files | xargs "$tool" --dry-run --Werror 2>&1 | grep ': error: ' |
    sed 's/ \[-Wclang-format-violations\]//' | lint_verdict "clang-format has nothing to change"
