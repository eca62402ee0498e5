import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { failuresOf, matching, nextOf } from '../../src/dashboard/tree/model/find.ts'
import { waitsFrom } from '../../src/dashboard/tree/model/hand-over.ts'
import { epochMs } from '../../src/dashboard/tree/model/instant.ts'
import {
  extended,
  foldedAtFirst,
  foldedBelow,
  revealed,
  rowsOf,
  SHOWN,
  toggled,
  type Folding,
} from '../../src/dashboard/tree/model/rows.ts'
import { merged } from '../../src/dashboard/tree/model/merged.ts'
import { isFailure } from '../../src/dashboard/tree/model/step.ts'
import { stepsOf } from '../../src/dashboard/tree/model/steps.ts'
import { changesOf } from '../../src/dashboard/tree/panel/changes.ts'
import { textLines } from '../../src/dashboard/tree/text/text-lines.ts'
import { createSteps } from '../../src/domain/critical-path/steps.ts'
import type { Activity } from '../../src/domain/critical-path/activity.ts'
import { addMs } from '../../src/domain/instant.ts'
import { isFailure as isFailureOfApi, knownStatuses } from '../../src/domain/model/status.ts'
import type { OutlineNode } from '../../src/dashboard/tree/model/step.ts'
import { at, chain, invocation, job, tree } from './outline.ts'

const open: Folding = { closed: new Set(), shown: new Map() }

/** The parent of each place in a tree comes before it. */
const parents = fc
  .array(fc.nat(), { minLength: 1, maxLength: 60 })
  .map((numbers) => numbers.map((number, place) => (place === 0 ? -1 : number % place)))

/** A job fails, and what an invocation triggers crashes. */
const order = [
  invocation('order', { jobs: [job('pay', { status: 'failed', errorMessage: 'card declined' }), job('ship')] }),
  invocation('box', {
    sourceJobId: 'ship',
    parentId: 'order',
    createdAt: at(60),
    crashed: true,
    crash: { eventId: 'e', eventName: 'boxed', message: null },
    jobs: [job('label')],
  }),
  invocation('mail', { sourceJobId: 'ship', parentId: 'order', createdAt: at(70) }),
]

test('steps stand depth first, each before what it led to, with what failed below it', () => {
  const steps = stepsOf(order)
  assert.deepEqual(
    steps.map(({ id, depth, parent, end, failures }) => [id, depth, parent, end, failures]),
    [
      ['order', 0, -1, 6, 2],
      ['pay', 1, 0, 2, 1],
      ['ship', 1, 0, 6, 1],
      ['box', 2, 2, 5, 1],
      ['label', 3, 3, 5, 0],
      ['mail', 2, 2, 6, 0],
    ],
  )
})

test('in a tree of any form nothing is lost, and a subtree is what stands between a step and its end', () => {
  fc.assert(
    fc.property(parents, (given) => {
      const steps = stepsOf(tree(given))
      assert.equal(steps.length, 2 * given.length)
      for (const step of steps) {
        const below = steps.filter((each) => {
          for (let above = each.parent; above !== -1; above = steps[above]?.parent ?? -1)
            if (above === step.index) return true
          return false
        })
        assert.deepEqual(below, steps.slice(step.index + 1, step.end))
        assert.equal(step.children, below.filter(({ parent }) => parent === step.index).length)
      }
    }),
    { numRuns: 50 },
  )
})

test('what a job triggered that is not shown stands below its invocation', () => {
  const steps = stepsOf([
    invocation('a', { jobs: [job('j')] }),
    invocation('b', { sourceJobId: 'left-out', parentId: 'a' }),
  ])
  assert.deepEqual(
    steps.map(({ id, parent }) => [id, parent]),
    [
      ['a', -1],
      ['j', 0],
      ['b', 0],
    ],
  )
})

test('a chain of 5,000 invocations is a tree as any other, and its lines stay short', () => {
  const steps = stepsOf(chain(5000))
  assert.equal(steps.at(-1)?.depth, 9999)
  const lines = textLines(steps, rowsOf(steps, 0, open), 0)
  assert.equal(lines.length, 10_000)
  assert.ok(lines.every((line) => line.length < 250))
  assert.match(lines.at(-1) ?? '', /… level 9999: job do-j4999/)
})

test('instants keep their microseconds, and infinite ones are not known', () => {
  assert.equal(epochMs('1970-01-01T00:00:01.234567Z'), 1234.567)
  assert.equal(epochMs('infinity'), null)
  assert.equal(epochMs('-infinity'), null)
  assert.equal(epochMs('+058875-01-01T00:00:00.000000Z'), Date.UTC(58_875, 0, 1))
})

test('a wait begins where the critical path of the API begins it', () => {
  const time = fc.option(fc.integer({ min: 0, max: 20 }), { nil: null })
  const instant = (ms: number | null): string | null => (ms === null ? null : addMs(at(0), ms))
  fc.assert(
    fc.property(time, time, fc.integer({ min: 0, max: 20 }), time, (start, took, child, event) => {
      const end = start === null || took === null ? null : start + took
      const path = createSteps(at(child))
      const job = { start: instant(start), end: instant(end), open: false } as Activity
      path.handOver({} as Activity, job, instant(event))
      const [step] = path.inOrder()
      assert.equal(
        waitsFrom({ startMs: start, endMs: end }, child, event),
        step ? (epochMs(step.from) ?? 0) - (epochMs(at(0)) ?? 0) : null,
      )
    }),
  )
})

test('a status is a failure if it is one for the API', () => {
  for (const status of [...knownStatuses.invocations, 'no-word'])
    assert.equal(isFailure(status), isFailureOfApi(status), status)
})

test('a folded step hides its subtree', () => {
  const steps = stepsOf(order)
  const rows = rowsOf(steps, 0, toggled(open, 'ship'))
  assert.deepEqual(
    rows.map((row) => row.kind === 'step' && row.step.id),
    ['order', 'pay', 'ship'],
  )
  assert.equal(rowsOf(steps, 2, open).length, 4)
  const folded = foldedBelow(steps, open, 2, true)
  assert.deepEqual(rowsOf(steps, 2, folded).length, 3)
  assert.deepEqual(rowsOf(steps, 2, foldedBelow(steps, folded, 2, false)).length, 4)
})

test('of what one step led to 100 are shown at first, and more on demand; a hidden one can be revealed', () => {
  const steps = stepsOf(tree([-1, ...Array.from({ length: 4312 }, () => 0)]))
  const more = rowsOf(steps, 0, open).at(-1)
  assert.ok(more?.kind === 'more')
  assert.equal(more.hidden, 4212)
  const next = rowsOf(steps, 0, extended(open, more.parent.id)).at(-1)
  assert.ok(next?.kind === 'more' && next.hidden === 4112)
  const last = steps.at(-1)
  assert.ok(last)
  const shown = rowsOf(steps, 0, revealed(steps, foldedAtFirst(steps), last.index))
  assert.ok(shown.some((row) => row.kind === 'step' && row.step === last))
  assert.equal(revealed(steps, open, 0), open)
})

test('a tree of 10,000 invocations begins with some hundred rows, and none is empty', () => {
  for (const each of [
    Array.from({ length: 10_000 }, (_, place) => Math.floor((place - 1) / 3)),
    Array.from({ length: 10_000 }, (_, place) => place - 1),
    Array.from({ length: 10_000 }, (_, place) => (place === 0 ? -1 : 0)),
  ]) {
    const steps = stepsOf(tree(each))
    const rows = rowsOf(steps, 0, foldedAtFirst(steps))
    assert.ok(rows.length > 2 && rows.length < 1000, `${rows.length} rows`)
    assert.ok(rows.length * 2 < steps.length)
  }
  const small = stepsOf(order)
  assert.equal(rowsOf(small, 0, foldedAtFirst(small)).length, small.length)
})

test('steps are found by name, id, status and message, and failures one after the other, round the end', () => {
  const steps = stepsOf(order)
  assert.deepEqual(matching(steps, ' DECLINED '), [1])
  assert.deepEqual(matching(steps, 'boxed'), [3])
  assert.deepEqual(matching(steps, ''), [])
  const failures = failuresOf(steps)
  assert.deepEqual(failures, [1, 3])
  assert.equal(nextOf(failures, 0, 1), 1)
  assert.equal(nextOf(failures, 1, 1), 3)
  assert.equal(nextOf(failures, 3, 1), 1)
  assert.equal(nextOf(failures, 1, -1), 3)
  assert.equal(nextOf([], 1, 1), undefined)
})

test('the text of a tree draws its branches and says what failed', () => {
  const steps = stepsOf(order)
  assert.deepEqual(textLines(steps, rowsOf(steps, 0, open), 0), [
    'on-order  completed  100 ms  order',
    '├─ job do-pay  failed  50 ms  "card declined"  pay',
    '└─ job do-ship  completed  50 ms  ship',
    '   ├─ on-box  completed, crashed in boxed  40 ms  after 10 ms of waiting  box',
    '   │  └─ job do-label  completed  50 ms  label',
    '   └─ on-mail  completed  30 ms  after 20 ms of waiting  mail',
  ])
  const wide = stepsOf(tree([-1, ...Array.from({ length: SHOWN + 5 }, () => 0)]))
  assert.equal(textLines(wide, rowsOf(wide, 0, open), 0).at(-1), '   └─ + 5 more')
})

test('what normally follows a step and did not stands at the end of what it led to', () => {
  const steps = stepsOf(order)
  const missing = new Map([
    ['ship', [{ kind: 'function' as const, name: 'on-invoice', support: 412, confidence: 0.9976 }]],
  ])
  const lines = textLines(steps, rowsOf(steps, 0, open, missing), 0)
  assert.equal(lines.at(-1), '   └─ did not run: on-invoice (it follows 99.8 % of 412 such runs)')
  assert.equal(lines.length, 7)
  assert.equal(rowsOf(steps, 0, toggled(open, 'ship'), missing).length, 3)
  assert.equal(rowsOf(steps, 3, open, missing).length, 2)
})

test('the change of a record is told field by field, those that changed first', () => {
  const payload = { event: { data: { old: { id: 1, total: 5, note: null }, new: { id: 1, total: 7, paid: true } } } }
  assert.deepEqual(
    changesOf(payload)?.map(({ field, kind, before, after }) => [field, kind, before, after]),
    [
      ['total', 'changed', '5', '7'],
      ['note', 'removed', 'null', null],
      ['paid', 'added', null, 'true'],
      ['id', 'same', '1', '1'],
    ],
  )
  const nested = changesOf({
    event: { data: { old: { lines: [{ sku: 'a', n: 1 }] }, new: { lines: [{ sku: 'a', n: 2 }, 5] } } },
  })
  assert.deepEqual(
    nested?.map(({ field, kind, after }) => [field, kind, after]),
    [
      ['lines.0.n', 'changed', '2'],
      ['lines.1', 'added', '5'],
    ],
  )
  assert.equal(changesOf({ event: { data: { old: null, new: { id: 1 } } } })?.length, 1)
  for (const none of [null, 'text', [], {}, { event: { data: { old: null, new: null } } }])
    assert.equal(changesOf(none), null)
})

test('what is read later below an invocation makes a cut tree whole, in whichever order it comes', () => {
  fc.assert(
    fc.property(parents, fc.nat(), fc.nat(), (parents, cut, below) => {
      const whole = tree(parents)
      const kept = whole.slice(0, 1 + (cut % whole.length))
      const start = kept[below % kept.length]
      assert.ok(start)
      const within = new Set([start.id])
      for (const { id, parentId } of whole) if (within.has(parentId ?? '')) within.add(id)
      // The answer for a part does not name what is above its start.
      const part = whole
        .filter(({ id }) => within.has(id))
        .map((node) => (node === start ? Object.assign({}, node, { parentId: null }) : node))
      const names = (nodes: readonly OutlineNode[]) => stepsOf(nodes).map(({ id, depth }) => [id, depth])
      const there = new Set([...kept.map(({ id }) => id), ...within])
      assert.deepEqual(names(merged(kept, part)), names(whole.filter(({ id }) => there.has(id))))
      assert.deepEqual(names(merged(merged(kept, part), whole)), names(whole))
    }),
  )
})

test('what the service left out below a step stands behind its subtree, unless that is folded', () => {
  const more = { invocations: 4212, href: '/invocations?sourceJobId=ship' }
  const steps = stepsOf([
    invocation('order', { jobs: [job('pay'), job('ship', { more })] }),
    invocation('box', { sourceJobId: 'ship', parentId: 'order' }),
  ])
  const texts = textLines(steps, rowsOf(steps, 0, open), 0)
  assert.match(texts.at(-1) ?? '', /└─ \+ 4,212 more invocations, not read yet$/)
  assert.equal(
    rowsOf(steps, 0, toggled(open, 'ship')).some(({ kind }) => kind === 'rest'),
    false,
  )
})
