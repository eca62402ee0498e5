#!/usr/bin/env bash
# Mermaid writes a sign in a label as an entity (#92; is a backslash), so that the sign means nothing. If the label also holds <br/>, what the entity stands for is
# read once more: a backslash and an n become a line break, and what stands between two pairs of dollars becomes a formula (the small build, which knows none, writes a sentence in its place).
# A name such as C:\new in a box of several lines is drawn as two lines. If the lines are parted by line breaks in the quotes, and not by <br/>, nothing is read twice:
# so the diagrams of this service are written (GET /trees/:id?format=mermaid).
#
# Seen with @mermaid-js/tiny 11.17.2 and 12.0.0 (the same with mermaid 11.16 and 12.3.0) in Chromium 147, a bar between the lines that are drawn and ¶ for a line break in the source:
#   11.17.2 "a#92;nb": a\nb
#   11.17.2 "a#92;nb<br/>c": a | b | c
#   11.17.2 "a#92;nb¶c": a\nb | c
#   11.17.2 "#36;#36;x#36;#36;": $$x$$
#   11.17.2 "#36;#36;x#36;#36;<br/>c": Katex is not supported in @mermaid-js/tiny. Please use the full mermaid library. | c
#   11.17.2 "#36;#36;x#36;#36;¶c": $$x$$ | c
#   12.0.0 "a#92;nb": a\nb
#   12.0.0 "a#92;nb<br/>c": a | b | c
#   12.0.0 "a#92;nb¶c": a\nb | c
#   12.0.0 "#36;#36;x#36;#36;": $$x$$
#   12.0.0 "#36;#36;x#36;#36;<br/>c": Katex is not supported in @mermaid-js/tiny. Please use the full mermaid library. | c
#   12.0.0 "#36;#36;x#36;#36;¶c": $$x$$ | c
# Exits with 1 if any of these lines comes out otherwise.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
echo '{ "private": true, "type": "module" }' > "$folder/package.json"
npm install --silent --no-audit --no-fund --prefix "$folder" \
  playwright-core@1.65.1 @sparticuz/chromium@147.0.0 mermaid-11@npm:@mermaid-js/tiny@11.17.2 mermaid-12@npm:@mermaid-js/tiny@12.0.0

cat > "$folder/look.js" <<'JAVASCRIPT'
import { readFileSync } from 'node:fs'
import chromium from '@sparticuz/chromium'
import { chromium as browsers } from 'playwright-core'

const labels = ['a#92;nb', 'a#92;nb<br/>c', 'a#92;nb\nc', '#36;#36;x#36;#36;', '#36;#36;x#36;#36;<br/>c', '#36;#36;x#36;#36;\nc']
const browser = await browsers.launch({ executablePath: await chromium.executablePath(), args: [...chromium.args, '--no-sandbox'] })
for (const name of ['mermaid-11', 'mermaid-12']) {
  const { version } = JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8'))
  const page = await browser.newPage()
  await page.addScriptTag({ path: `node_modules/${name}/dist/mermaid.tiny.js` })
  for (const label of labels) {
    const lines = await page.evaluate(async (label) => {
      document.body.innerHTML = (await mermaid.render('d', `flowchart LR\nn0["${label}"]`)).svg
      for (const br of document.querySelectorAll('g.node br')) br.replaceWith('\n')
      return document.querySelector('g.node .nodeLabel, g.node .label').textContent.trim().split('\n')
    }, label)
    console.log(`${version} "${label.replace('\n', '¶')}": ${lines.join(' | ') || 'nothing'}`)
  }
}
await browser.close()
JAVASCRIPT

(cd "$folder" && AWS_EXECUTION_ENV=AWS_Lambda_nodejs20.x TMPDIR="$folder" node look.js) > "$folder/seen"
cat "$folder/seen"
sed -n 's/^#   //p' "$0" | diff - "$folder/seen"
