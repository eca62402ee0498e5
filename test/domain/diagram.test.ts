import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import type { Diagram, Look, Syntax } from '../../src/domain/diagram/diagram.ts'
import { dot } from '../../src/domain/diagram/dot.ts'
import { mermaid } from '../../src/domain/diagram/mermaid.ts'
import { writeDiagram } from '../../src/domain/diagram/write.ts'

const syntaxes: Record<string, Syntax> = { mermaid, dot }

const look = fc.constantFrom<Look>('plain', 'job', 'failed', 'running', 'stale', 'note')
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }).map((each) => each.replaceAll(/[\p{Cc}\p{Cs}]/gu, ' ')),
  fc.constantFrom('"', '\\', '#', ']', '-->', '%%{', '🚚').map((each) => each.repeat(3000)),
)

const diagrams: fc.Arbitrary<Diagram> = fc.integer({ min: 1, max: 400 }).chain((size) => {
  const key = fc.integer({ min: 0, max: size - 1 }).map((nth) => `key ${nth}`)
  return fc.record({
    notes: fc.array(text, { maxLength: 3 }),
    boxes: fc
      .array(fc.record({ lines: fc.array(text, { minLength: 1, maxLength: 3 }), look }), {
        minLength: size,
        maxLength: size,
        size: 'max',
      })
      .map((boxes) => boxes.map((box, nth) => Object.assign(box, { key: `key ${nth}` }))),
    arrows: fc.array(fc.record({ from: key, to: key, label: text, look }), { maxLength: 1200, size: 'max' }),
  })
})

/** The statements of a diagram, by what our ids begin them with. */
function statements(written: string) {
  const lines = written.split('\n').map((line) => line.trim())
  return {
    boxes: lines.filter((line) => /^n\d+ ?[[(]/.test(line)).length,
    arrows: lines.filter((line) => /^n\d+ (-->|==>|-\.->|->)/.test(line)).length,
    notes: lines.filter((line) => /^t\d+ ?\[/.test(line)),
  }
}

test('a diagram of any size and any names stays below the limits of the tools, and says what it left out', () => {
  fc.assert(
    fc.property(diagrams, fc.constantFrom('mermaid', 'dot'), (diagram, name) => {
      const written = writeDiagram(diagram, syntaxes[name] ?? mermaid)
      assert.ok(written.length < 50_000, `${written.length} characters`)
      const { boxes, arrows, notes } = statements(written)
      assert.ok(boxes <= 150 && arrows < 500)
      const cut = `${boxes} of ${diagram.boxes.length} boxes and ${arrows} of ${diagram.arrows.length} arrows are drawn`
      const whole = boxes === diagram.boxes.length && arrows === diagram.arrows.length
      assert.equal(notes.length, diagram.notes.length + (whole ? 0 : 1))
      assert.equal(notes.at(-1)?.includes(cut) ?? false, !whole, cut)
    }),
    { numRuns: 60 },
  )
})

test('arrows are drawn between the boxes that are, as many of them as fit', () => {
  const boxes = Array.from({ length: 200 }, (_, nth) => ({ key: `${nth}`, lines: ['f'], look: 'plain' as const }))
  const arrows = Array.from({ length: 600 }, (_, nth) => ({
    from: '0',
    to: `${nth % 200}`,
    label: '',
    look: 'plain' as const,
  }))
  for (const syntax of Object.values(syntaxes)) {
    const { notes, ...drawn } = statements(writeDiagram({ notes: [], boxes, arrows }, syntax))
    assert.deepEqual(drawn, { boxes: 150, arrows: 450 })
    assert.equal(notes.length, 1)
    const fewer = statements(
      writeDiagram({ notes: [], boxes: boxes.slice(0, 100), arrows: [...arrows, ...arrows] }, syntax),
    )
    assert.deepEqual([fewer.boxes, fewer.arrows], [100, 499])
  }
})

test('a line that is long is cut, with an ellipsis in its place', () => {
  const long = '🚚'.repeat(200)
  const diagram = { notes: [long], boxes: [{ key: 'a', lines: [long], look: 'plain' as const }], arrows: [] }
  const written = writeDiagram(diagram, dot)
  assert.match(written, /n0 \[label="(🚚){119}…"/u)
  assert.match(written, /t0 \[label="(🚚){200}"/u)
})

test('an empty diagram is one', () => {
  for (const syntax of Object.values(syntaxes))
    assert.equal(writeDiagram({ notes: [], boxes: [], arrows: [] }, syntax), syntax.start + syntax.end)
})
