import { Graphviz } from '@hpcc-js/wasm-graphviz'
import type { Page } from 'playwright-core'

/** What a tool has drawn: boxes by our ids, each with its lines, and arrows with their texts, sorted. Two spaces are one, as HTML shows them. */
export interface Drawn {
  boxes: Record<string, string[]>
  arrows: Array<[from: string, to: string, label: string]>
}

/** Names that mean something to Mermaid, Graphviz, markdown, HTML or SVG. */
export const hostileNames = [
  ['end', 'end-of-day', 'graph', 'subgraph', 'class-a', 'default', 'click n0 "x"', 'strict', 'node', 'edge', 'digraph'],
  ['#', '#42;', '#quot;', '&lt;', '&amp;', '&#65;', '&', '<b>x</b>', '<br/>', 'x<br>y', '<word>', '<', '>', '<!-- -->'],
  [
    '"',
    '"quoted"',
    `'`,
    '`',
    '`md`',
    '`**md**`',
    '\\',
    '\\N',
    '\\n',
    'a\\',
    '\\\\',
    'a\\nb',
    'ﬂ°°35¶ß',
    '\\"',
    '\\l',
    '\\G',
    '\\E',
    '\\T\\H',
  ],
  [
    '{',
    '}',
    '{x}',
    '{a|b}',
    'a|b',
    '|',
    '<f0> x',
    '[',
    ']',
    '["x"]',
    '(',
    ')',
    '(("x"))',
    ';',
    'a;b',
    ':::failed',
    '@{ shape: x }',
  ],
  ['%%', '%% comment', '%%{init: {"theme":"dark"}}%%', '---', '-->', 'a --> b', '==>', '->', '~~~', '===', '---x'],
  [
    '1. first',
    '1) first',
    '- item',
    '+ item',
    '* item',
    '> quote',
    '# head',
    '*bold*',
    '**bold**',
    '_it_',
    '__init__',
    '~~x~~',
  ],
  [
    '[x](y)',
    '![x](y)',
    'https://x.example/y',
    '$$x^2$$',
    '$x$',
    'fa:fa-car',
    '::icon(x)',
    '| a | b |',
    '|---|',
    ':smile:',
  ],
  [
    'javascript:alert(1)',
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '{{x}}',
    '${x}',
    '//',
    '/* x */',
  ],
  ['ü', 'ﬁ', '日本語', '🚚', 'İ', 'ß', 'x'.repeat(100), '0', '1', '-1', 'null', '__proto__', 'constructor'],
  ['ﬂ', 'a, b', 'a  b', ' ', 'a\tb', 'a\nb', '\u202eabc', 'שלום', '\u00a0'],
].flat()

let graphviz: Promise<Graphviz> | undefined

/** By the real Graphviz, read from its SVG. */
export async function drawnByGraphviz(dot: string): Promise<Drawn> {
  graphviz ??= Graphviz.load()
  const svg = (await graphviz).layout(dot, 'svg', 'dot')
  const drawn: Drawn = { boxes: {}, arrows: [] }
  for (const [, kind, title = '', inside = ''] of svg.matchAll(
    /<g id="[^"]*" class="(node|edge)">\s*<title>(.*?)<\/title>(.*?)<\/g>/gs,
  )) {
    const lines = [...inside.matchAll(/<text[^>]*>(.*?)<\/text>/gs)].map(([, text = '']) => plain(decoded(text)))
    const [from = '', to] = decoded(title).split('->')
    if (kind === 'node') drawn.boxes[from] = lines
    else drawn.arrows.push([from, to ?? '', lines.join('\n')])
  }
  return sorted(drawn)
}

/** By the real Mermaid, which `page` of a browser has loaded: read from what that shows. */
export async function drawnByMermaid(page: Page, text: string): Promise<Drawn> {
  const drawn = await page.evaluate<Drawn>(`(${READ})(${JSON.stringify(text)})`)
  for (const [id, lines] of Object.entries(drawn.boxes)) drawn.boxes[id] = lines.map(plain)
  return sorted({ ...drawn, arrows: drawn.arrows.map(([from, to, label]) => [from, to, plain(label)]) })
}

/** Runs in the page. As text, because it must be there without what tsx adds to functions. */
const READ = `async (text) => {
  document.body.innerHTML = (await mermaid.render('d', text)).svg
  const lines = (element) =>
    [...(element?.querySelectorAll('p') ?? [])].flatMap((p) => {
      for (const line of p.querySelectorAll('br')) line.replaceWith('\\n')
      return p.textContent.split('\\n')
    })
  const boxes = [...document.querySelectorAll('g.node')].map((node) => [/flowchart-(\\w+)-/.exec(node.id)[1], lines(node)])
  const arrows = [...document.querySelectorAll('path.flowchart-link')].map((path) => {
    const [, from, to] = path.dataset.id.split('_')
    const label = document.querySelector('g.edgeLabel g.label[data-id="' + path.dataset.id + '"]')
    return [from, to, lines(label).join('\\n')]
  })
  return { boxes: Object.fromEntries(boxes), arrows }
}`

/** As it is seen: two spaces are one in HTML, Graphviz writes spaces as those that do not break, and U+2060 is invisible. */
export const plain = (text: string): string =>
  text
    .replaceAll('\u2060', '')
    .replaceAll(/[ \u00a0]+/g, ' ')
    .trim()

function sorted({ boxes, arrows }: Drawn): Drawn {
  return { boxes, arrows: arrows.toSorted((a, b) => (a.join('\0') < b.join('\0') ? -1 : 1)) }
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function decoded(xml: string): string {
  return xml.replaceAll(/&(?:#(\d+)|(\w+));/g, (_, code?: string, name = '') =>
    code === undefined ? (entities[name] ?? '?') : String.fromCodePoint(Number(code)),
  )
}
