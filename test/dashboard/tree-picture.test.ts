import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { fitted, panned, shown, viewOf, zoomed } from '../../src/dashboard/tree/graph/camera.ts'
import { tidyTree } from '../../src/dashboard/tree/graph/layout.ts'
import { inView, parentsOf, placed, rowAt } from '../../src/dashboard/tree/graph/placed.ts'
import { shapesIn, type Marks } from '../../src/dashboard/tree/graph/shapes.ts'
import { svgOf } from '../../src/dashboard/tree/graph/svg.ts'
import { criticalParts } from '../../src/dashboard/tree/model/critical-path.ts'
import { rowsOf } from '../../src/dashboard/tree/model/rows.ts'
import { stepsOf } from '../../src/dashboard/tree/model/steps.ts'
import { ticksOf } from '../../src/dashboard/tree/waterfall/ticks.ts'
import { barsOf, spanOf } from '../../src/dashboard/tree/waterfall/bars.ts'
import { waterfallSvg } from '../../src/dashboard/tree/download/waterfall-svg.ts'
import { at, invocation, job, tree } from './outline.ts'

const MINUTE = Date.UTC(2026, 10, 22, 9, 48)
const open = { closed: new Set<string>(), shown: new Map<string, number>() }
const screen = { width: 1000, height: 600 }
const unmarked: Marks = { selected: undefined, critical: new Set(), found: new Set(), closed: new Set(), now: MINUTE }

const palette = {
  paper: '#fff',
  text: '#000',
  quiet: '#555',
  line: '#999',
  failedLine: '#c00',
  critical: '#a60',
  selected: '#06c',
  found: '#aa0',
  fills: {
    ok: '#efe',
    failed: '#fee',
    crashed: '#fef',
    running: '#eef',
    stale: '#eee',
    neutral: '#fff',
    more: '#fff',
    missing: '#fff',
  },
  edges: {
    ok: '#0a0',
    failed: '#c00',
    crashed: '#909',
    running: '#00c',
    stale: '#777',
    neutral: '#999',
    more: '#999',
    missing: '#c00',
  },
}

function pictureOf(parents: readonly number[]) {
  const rows = rowsOf(stepsOf(tree(parents)), 0, open)
  const places = parentsOf(rows)
  return placed(rows, places, tidyTree(places))
}

const parents = fc
  .array(fc.nat(), { minLength: 1, maxLength: 120 })
  .map((numbers) => numbers.map((number, place) => (place === 0 ? -1 : number % place)))

test('the axis has even ticks that a person can read, from microseconds to months', () => {
  assert.deepEqual(ticksOf(530, 6), [0, 100, 200, 300, 400, 500])
  assert.deepEqual(ticksOf(16_608, 6), [0, 5000, 10_000, 15_000])
  assert.deepEqual(ticksOf(5_400_000, 6), [0, 900_000, 1_800_000, 2_700_000, 3_600_000, 4_500_000, 5_400_000])
  assert.deepEqual(ticksOf(0, 6), [0])
  assert.deepEqual(ticksOf(0.004, 4), [0, 0.001, 0.002, 0.003, 0.004])
  fc.assert(
    fc.property(fc.double({ min: 1e-3, max: 1e12, noNaN: true }), fc.integer({ min: 1, max: 12 }), (span, most) => {
      const ticks = ticksOf(span, most)
      assert.ok(ticks.length <= most + 1, `${ticks.length} ticks of ${span} at most ${most}`)
      assert.ok((ticks.at(-1) ?? 0) <= span * (1 + 1e-6))
    }),
  )
})

test('a bar tells the wait apart from the work, what runs grows until now, and what has no end is its start alone', () => {
  const steps = stepsOf([
    invocation('a', {
      jobs: [
        job('j'),
        job('runs', { status: 'running', endedAt: null }),
        job('dead', { status: 'running', stale: true, endedAt: null }),
      ],
    }),
    invocation('b', { sourceJobId: 'j', parentId: 'a', createdAt: at(150), endedAt: at(250) }),
  ])
  const span = spanOf(steps, 0, MINUTE + 400)
  assert.deepEqual(span, { from: MINUTE, to: MINUTE + 400 })
  assert.ok(span)
  const bars = (id: string, now: number) => {
    const step = steps.find((each) => each.id === id)
    return step ? barsOf(step, span, now) : undefined
  }
  assert.deepEqual(bars('b', MINUTE + 400), {
    wait: { left: 0.125, width: 0.25 },
    work: { left: 0.375, width: 0.25 },
    unended: false,
  })
  assert.deepEqual(bars('runs', MINUTE + 200)?.work, { left: 0, width: 0.5 })
  assert.deepEqual(bars('runs', MINUTE + 400)?.work, { left: 0, width: 1 })
  assert.deepEqual(bars('dead', MINUTE + 400), { wait: null, work: { left: 0, width: 0 }, unended: true })
  const later = { from: MINUTE + 200, to: MINUTE + 300 }
  const [first] = steps
  assert.ok(first)
  assert.equal(barsOf(first, later, MINUTE).work, null)
})

test('the parts of the critical path stand at their steps', () => {
  const part = {
    of: 'job' as const,
    name: 'x',
    invocationId: 'a',
    status: 'completed',
    stale: false,
    durationMs: 10,
    by: 'rows' as const,
    clockSkewMs: null,
    siblings: { count: 0, data: [] },
  }
  const parts = criticalParts([
    { ...part, id: 'a', kind: 'working', startedAt: at(0), endedAt: at(10), share: 0.5 },
    { ...part, id: 'a', kind: 'working', startedAt: at(15), endedAt: at(20), share: 0.25 },
    { ...part, id: 'b', kind: 'waiting', startedAt: at(10), endedAt: at(15), share: 0.25 },
  ])
  assert.deepEqual(
    [...parts].map(([id, list]) => [id, list.length]),
    [
      ['a', 2],
      ['b', 1],
    ],
  )
  assert.deepEqual(parts.get('b'), [{ kind: 'waiting', from: MINUTE + 10, to: MINUTE + 15, share: 0.25 }])
})

test('in the picture no two boxes lie upon each other, and what is in view is found as a look at all of them finds it', () => {
  const overlaps = (a: { x: number; y: number; width: number; height: number }, b: typeof a) =>
    a.x <= b.x + b.width && b.x <= a.x + a.width && a.y <= b.y + b.height && b.y <= a.y + a.height
  fc.assert(
    fc.property(
      parents,
      fc.double({ min: -0.2, max: 1, noNaN: true }),
      fc.double({ min: -0.2, max: 1, noNaN: true }),
      (given, right, down) => {
        const picture = pictureOf(given)
        const { boxes } = picture
        boxes.forEach((box, place) => assert.ok(boxes.every((other, at) => at === place || !overlaps(box, other))))
        const view = { x: right * picture.width, y: down * picture.height, width: 500, height: 300 }
        const found = inView(picture, view)
        const wanted = boxes.flatMap((box, place) => (overlaps(box, view) ? [place] : []))
        assert.deepEqual(
          wanted.filter((place) => !found.boxes.includes(place)),
          [],
        )
        const links = wanted.flatMap((place) => (place === 0 ? [] : [place]))
        assert.deepEqual(
          links.filter((place) => !found.links.includes(place)),
          [],
        )
        for (const place of wanted) {
          const box = boxes[place]
          assert.equal(box && rowAt(picture, box.x + 5, box.y + 5), place)
        }
      },
    ),
    { numRuns: 60 },
  )
})

test('a chain of 5,000 is laid out, and of a level of 10,000 only what is in view is drawn', () => {
  assert.equal(pictureOf(Array.from({ length: 5000 }, (_, place) => place - 1)).columns.length, 10_000)
  const wide = pictureOf([
    -1,
    ...Array.from({ length: 90 }, (_, place) => (place === 0 ? 0 : 1 + Math.floor((place - 1) / 20))),
  ])
  const shapes = shapesIn(wide, { x: 0, y: 0, width: 600, height: 200 }, unmarked)
  assert.ok(shapes.boxes.length < 20, `${shapes.boxes.length} boxes`)
  assert.equal(rowAt(wide, -50, -50), undefined)
})

test('the way to a failure is red, and a root whose job is gone hangs on a dashed line', () => {
  const steps = stepsOf([
    invocation('a', { link: 'severed', jobs: [job('good'), job('bad', { status: 'failed' })] }),
    invocation('b', { sourceJobId: 'good', parentId: 'a' }),
  ])
  const rows = rowsOf(steps, 0, open)
  const places = parentsOf(rows)
  const picture = placed(rows, places, tidyTree(places))
  const { boxes, links } = shapesIn(
    picture,
    { x: 0, y: 0, ...picture },
    { ...unmarked, critical: new Set(['good']), selected: 'bad' },
  )
  assert.deepEqual(
    links.map(({ tone, dashed }) => [tone, dashed]),
    [
      ['critical', false],
      ['failed', false],
      ['plain', false],
      ['plain', true],
    ],
  )
  assert.deepEqual(
    boxes.map(({ tone, selected }) => [tone, selected]),
    [
      ['ok', false],
      ['ok', false],
      ['failed', true],
      ['ok', false],
    ],
  )
})

test('the camera shows a whole picture, keeps the point under the pointer, and moves as little as needed', () => {
  const camera = fitted({ width: 4000, height: 300 }, screen)
  assert.ok(camera.scale < 0.25)
  const view = viewOf(camera, screen)
  assert.ok(view.x <= 0 && view.x + view.width >= 4000 && view.y <= 0)
  const closer = zoomed(camera, 2, { x: 250, y: 100 })
  assert.ok(Math.abs(camera.x + 250 / camera.scale - (closer.x + 250 / closer.scale)) < 1e-6)
  assert.equal(zoomed(camera, 1e9, { x: 0, y: 0 }).scale, 2)
  const still = { x: 0, y: 0, scale: 1 }
  assert.equal(shown(still, screen, { x: 100, y: 100, width: 200, height: 40 }), still)
  assert.deepEqual(shown(still, screen, { x: 900, y: 100, width: 200, height: 40 }), { x: 124, y: 0, scale: 1 })
  assert.deepEqual(panned(still, 10, -20), { x: -10, y: 20, scale: 1 })
  assert.equal(fitted({ width: 1e6, height: 1e6 }, screen, 0.3).scale, 0.3)
})

test('the picture as SVG is well formed whatever a name holds', () => {
  const steps = stepsOf([invocation('a', { sourceFunction: '<b>&"\u0000\ud800' })])
  const rows = rowsOf(steps, 0, open)
  const places = parentsOf(rows)
  const picture = placed(rows, places, tidyTree(places))
  const svg = svgOf(shapesIn(picture, { x: 0, y: 0, ...picture }, unmarked), picture, palette)
  assert.match(svg, />&lt;b&gt;&amp;&quot;\ufffd\ufffd<\/text>/)
})

test('the waterfall as a file has a line for each row, bars within the axis, and no name that is markup', () => {
  const nodes = [
    invocation('<b>&"\u0000', { jobs: [job('ship', { endedAt: at(80) })] }),
    invocation('late', { sourceJobId: 'ship', createdAt: at(300), endedAt: at(400), status: 'failed' }),
  ]
  const steps = stepsOf(nodes)
  const span = spanOf(steps, 0, MINUTE)
  assert.ok(span)
  const svg = waterfallSvg(rowsOf(steps, 0, open), 0, { span, now: MINUTE, critical: new Map() }, palette)
  assert.match(svg, /on-&lt;b&gt;&amp;&quot;\ufffd/)
  assert.equal([...svg.matchAll(/<(?:circle|rect [^>]*rx="2")/g)].length, steps.length)
  assert.equal([...svg.matchAll(/url\(#wait\)/g)].length, 1, 'one of them waited')
  const rights = [...svg.matchAll(/<rect x="([\d.]+)"[^>]* width="([\d.]+)"/g)].map(
    ([, x, width]) => Number(x) + Number(width),
  )
  assert.ok(Math.max(...rights) <= 1280)
})
