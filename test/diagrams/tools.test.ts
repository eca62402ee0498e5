import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import test from 'node:test'
import { dot } from '../../src/domain/diagram/dot.ts'
import { mermaid } from '../../src/domain/diagram/mermaid.ts'
import type { Diagram, Look } from '../../src/domain/diagram/diagram.ts'
import { writeDiagram } from '../../src/domain/diagram/write.ts'
import { nameText } from '../../src/domain/name-text.ts'
import { openPage } from '../support/browser.ts'
import { drawnByGraphviz, drawnByMermaid, hostileNames, plain, type Drawn } from '../support/diagrams.ts'

const looks: Look[] = ['plain', 'job', 'failed', 'running', 'stale', 'note']

/** Each name in a box, beside a plain line, and at the arrow that leads to it; a second arrow beside the first, and one from a box to itself. */
function hostile(): Diagram {
  const names = hostileNames.map(nameText)
  const look = (nth: number): Look => looks[nth % looks.length] ?? 'plain'
  return {
    notes: ['50 % of the links are known', 'a "note" with <signs> & \\more; 1. and `two`'],
    boxes: names.map((name, nth) => ({ key: `key ${nth} ${name}`, lines: [name, 'completed, 5 ms'], look: look(nth) })),
    arrows: names.flatMap((name, nth) => {
      const [from, to] = [`key ${nth - 1} ${names[nth - 1]}`, `key ${nth} ${name}`]
      if (nth === 0) return [{ from: to, to, label: 'itself', look: 'plain' as const }]
      return [
        { from, to, label: name, look: look(nth) },
        { from, to, label: '', look: look(nth + 1) },
      ]
    }),
  }
}

/** What shall be drawn of it, by the ids that are given in order. */
function meant({ notes, boxes, arrows }: Diagram): Drawn {
  const ids = new Map(boxes.map(({ key }, nth) => [key, `n${nth}`]))
  const drawn = [
    ...notes.map((note, nth) => [`t${nth}`, [plain(note)]] as const),
    ...boxes.map(({ key, lines }) => [ids.get(key) ?? '', lines.map(plain)] as const),
  ]
  const ends = arrows.map(({ from, to, label }): [string, string, string] => [
    ids.get(from) ?? '',
    ids.get(to) ?? '',
    plain(label),
  ])
  return {
    boxes: Object.fromEntries(drawn),
    arrows: ends.toSorted((a, b) => (a.join('\0') < b.join('\0') ? -1 : 1)),
  }
}

test('what the real Graphviz draws is what was meant, whatever the names are', async () => {
  const diagram = hostile()
  assert.ok(diagram.boxes.length > 100 && diagram.boxes.length <= 150, `${diagram.boxes.length} names`)
  assert.deepEqual(await drawnByGraphviz(writeDiagram(diagram, dot)), meant(diagram))
})

test('what the real Mermaid draws in a browser is what was meant, whatever the names are', async (t) => {
  const { page, abroad, errors } = await openPage(t)
  await page.addScriptTag({ path: createRequire(import.meta.url).resolve('@mermaid-js/tiny') })
  const diagram = hostile()
  assert.deepEqual(await drawnByMermaid(page, writeDiagram(diagram, mermaid)), meant(diagram))
  assert.deepEqual({ abroad, errors }, { abroad: [], errors: [] })
})
