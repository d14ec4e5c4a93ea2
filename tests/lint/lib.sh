# lib.sh - what the lint scripts share: the list of our C files, comments and strings put away.
# SPDX-License-Identifier: MIT
# shellcheck shell=sh

# The tree to look at: the first argument (a fixture), else the one this script belongs to.
LC_ALL=C
export LC_ALL
lint_dir=$(cd "$(dirname "$0")" && pwd)
lint_root=${1:-$lint_dir/../..}
cd "$lint_root" || exit 2

# Our .c and .h files, paths from the root, sorted. Fixtures are wrong on purpose.
c_files()
{
    for top in core storage tui tests; do
        test -d "$top" && find "$top" -path tests/lint/fixtures -prune -o \
            -path tests/tmp -prune -o -type f -name '*.[ch]' -print
    done | sort
}

# FILE:LINE:TEXT of every line of every C file, comments blanked; with "no-strings" the contents of
# string and character constants as well.
c_lines()
{
    c_files | xargs awk -v strings="$1" '
        FNR == 1 { comment = 0 }
        {
            text = $0
            code = ""
            while (text != "") {
                if (comment) {
                    end = index(text, "*/")
                    if (!end)
                        break
                    text = substr(text, end + 2)
                    comment = 0
                } else if (match(text, /"([^"\\]|\\.)*"|\047([^\047\\]|\\.)*\047|\/\*|\/\//)) {
                    token = substr(text, RSTART, RLENGTH)
                    code = code substr(text, 1, RSTART - 1)
                    text = substr(text, RSTART + RLENGTH)
                    if (token == "//")
                        break
                    else if (token == "/*")
                        comment = 1
                    else if (strings == "no-strings")
                        code = code "\"\""
                    else
                        code = code token
                } else {
                    code = code text
                    break
                }
            }
            print FILENAME ":" FNR ":" code
        }'
}

# Says the outcome in the form that run-test counts: NAME, then the findings on standard input.
lint_verdict()
{
    findings=$(cat)
    if test -z "$findings"; then
        echo "ok - $1"
        exit 0
    fi
    printf '%s\n' "$findings"
    echo "not ok - $1"
    exit 1
}
