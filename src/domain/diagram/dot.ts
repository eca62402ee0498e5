import type { Look, Syntax } from './diagram.ts'

const fills: Record<Look, string> = {
  plain: 'color="#475569", fillcolor="#f8fafc"',
  job: 'color="#4338ca", fillcolor="#eef2ff", style="filled,rounded"',
  failed: 'color="#b91c1c", fillcolor="#fee2e2", penwidth=3',
  running: 'color="#1d4ed8", fillcolor="#dbeafe"',
  stale: 'color="#475569", fillcolor="#f1f5f9", style="filled,dashed"',
  note: 'color="#a16207", fillcolor="#fef9c3", shape=note',
}

const strokes: Record<Look, string> = {
  plain: '',
  job: '',
  failed: ', color="#b91c1c", penwidth=3',
  running: '',
  stale: ', style=dashed',
  note: ', style=dashed',
}

/** Graphviz's DOT, from left to right (tried with 2.43 and the current one). Not `strict`, which merges parallel arrows; no record labels, in which `<`, `{` and `|` are signs. */
export const dot: Syntax = {
  start: [
    'digraph {',
    '  graph [rankdir=LR, charset="UTF-8"]',
    '  node [shape=box, style=filled, fontname="sans-serif", fontsize=11]',
    '  edge [fontname="sans-serif", fontsize=10]',
    '',
  ].join('\n'),
  note: (text, id) => `  ${id} [label="${escaped(text)}", ${fills.note}]\n`,
  box: ({ lines, look }, id) => `  ${id} [label="${lines.map(escaped).join('\\n')}", ${fills[look]}]\n`,
  arrow: ({ label, look }, from, to) => `  ${from} -> ${to} [label="${escaped(label)}"${strokes[look]}]\n`,
  end: '}\n',
}

/** In a quoted label a backslash begins an escape (`\N` is the node's name) and `&` an HTML entity, which Graphviz decodes in plain labels too. */
function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('&', '&amp;')
}
