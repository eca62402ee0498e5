#!/usr/bin/env bash
# jq 1.6 stops at a depth of 256, but an object counts as two levels in it, since its parser keeps the open key beside the open object.
# So it reads 256 nested arrays and only 128 nested objects; of a nested tree of this service, where a level is two objects and two arrays,
# it reads 41 levels and not the 63 that 256 suggests (GET /trees/:id?maxDepth=41, or ?shape=flat).
#
# Seen with jq 1.6 as Debian 12 has it (1.6-2.1+deb12u1) and as it is built into the PyPI package jq 1.4.1, which this script installs
# (there are wheels for Python up to 3.11):
#   256 arrays: read
#   257 arrays: parse error: Exceeds depth limit for parsing at line 1, column 257
#   128 objects: read
#   129 objects: parse error: Exceeds depth limit for parsing at line 1, column 641
# Exits with 1 if any of these lines comes out otherwise.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check --only-binary :all: jq==1.4.1

"$folder/venv/bin/python" - > "$folder/seen" <<'PYTHON'
import jq

def read(text):
    try:
        jq.compile("length").input(text=text).first()
        return "read"
    except ValueError as error:
        return str(error)

for count in 256, 257:
    print("%d arrays: %s" % (count, read("[" * count + "]" * count)))
for count in 128, 129:
    print("%d objects: %s" % (count, read('{"a":' * count + "1" + "}" * count)))
PYTHON

cat "$folder/seen"
sed -n 's/^#   //p' "$0" | diff - "$folder/seen"
