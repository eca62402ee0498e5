#!/usr/bin/env bash
# Graphviz draws the label "a\\b" as a\b. Its JSON output (dot -Tjson) says in _ldraw_ what text is drawn where, and newer versions write the backslash of that text
# twice, once for JSON and once more: whoever draws from it shows a\\b. SVG, and the JSON of older versions, have one. Names with backslashes
# are drawn rightly if the picture is made as SVG (GET /trees/:id?format=dot | dot -Tsvg).
#
# Seen with Graphviz 16.1.0 (npm @viz-js/viz 3.31.0) and 2.40.1 (npm viz.js 2.1.2), the text after it was parsed:
#   16.1.0 json: a\\b
#   16.1.0 svg: a\b
#   2.40.1 json: a\b
#   2.40.1 svg: a\b
# Exits with 1 if any of these lines comes out otherwise.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
echo '{ "private": true, "type": "module" }' > "$folder/package.json"
npm install --silent --no-audit --no-fund --prefix "$folder" @viz-js/viz@3.31.0 viz.js@2.1.2

cat > "$folder/look.js" <<'JAVASCRIPT'
import { instance } from '@viz-js/viz'
import Viz from 'viz.js'
import render from 'viz.js/full.render.js'

const source = String.raw`digraph { n0 [label="a\\b"] }`
const now = await instance()
const before = new Viz(render)
const drawn = (json) => JSON.parse(json).objects[0]._ldraw_.find(({ op }) => op === 'T').text
const shown = (svg) => /<text[^>]*>(.*?)<\/text>/.exec(svg)[1]
console.log(`${now.graphvizVersion} json: ${drawn(now.renderString(source, { format: 'json' }))}`)
console.log(`${now.graphvizVersion} svg: ${shown(now.renderString(source, { format: 'svg' }))}`)
console.log(`2.40.1 json: ${drawn(await before.renderString(source, { format: 'json' }))}`)
console.log(`2.40.1 svg: ${shown(await before.renderString(source, { format: 'svg' }))}`)
JAVASCRIPT

(cd "$folder" && node look.js) > "$folder/seen"
cat "$folder/seen"
sed -n 's/^#   //p' "$0" | diff - "$folder/seen"
