import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { nameText } from '../../src/domain/name-text.ts'
import type { NodeEvent } from '../../src/domain/tree/node.ts'
import type { Summary } from '../../src/domain/tree/summary.ts'
import { treeLines } from '../../src/http/forms/tree-text.ts'
import type { Branch, BranchJob } from '../../src/domain/tree/nest.ts'

const AT = '2026-11-22T09:48:02.120000Z'
const ID = '018f3c5e-0000-7000-8000-000000000000'
const summary: Summary = {
  complete: true,
  invocations: 2,
  jobs: 2,
  failedInvocations: 0,
  failedJobs: 0,
  running: 0,
  runningInvocations: 0,
  runningJobs: 0,
  stale: 0,
  maxDepth: 1,
  startedAt: AT,
  endedAt: AT,
  durationMs: 0,
}

/** Whatever a terminal or a page shows as nothing, breaks a line at, or reorders its neighbours for. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u
const isolated = (text: string): string => text.replace(/[\u2068\u2069]/g, '')

const tricky = [
  '',
  ' ',
  '  ',
  '\t',
  '\n',
  '\r\n',
  '\0',
  '\x1b[31m',
  '\x7f',
  '\u0085',
  '\u009b31m',
  '\u00a0',
  '\u00ad',
  '\u034f',
  '\u061c',
  '\u115f',
  '\u180e',
  '\u200b',
  '\u200d',
  '\u200e',
  '\u2028',
  '\u2029',
  '\u202e',
  '\u2066',
  '\u2069',
  '\u2800',
  '\u3000',
  '\u3164',
  '\ufe0f',
  '\ufeff',
  '\u{e0041}',
  '\u{e0100}',
  '\u0301',
  '"',
  '\\',
  '"a"',
  ' a',
  'a ',
  'a  b',
  'a → b',
  'a, b',
  'a (failed)',
  '… 7 more',
  '\u05d0\u05d1',
  '\u0634',
  '\u{1e900}',
  'a',
]
const name = fc.oneof(
  fc.constantFrom(...tricky),
  fc.string({
    unit: fc.oneof(fc.constantFrom(...tricky), fc.string({ unit: 'binary', minLength: 1, maxLength: 1 })),
    maxLength: 6,
  }),
)

test('a name stays as it is while it shows itself; otherwise it is a JSON string of what it is', () => {
  for (const plain of [
    'on-order-created',
    'public.orders',
    'send mail?',
    "o'brien; drop",
    'x,y',
    'rechnung-ändern',
    '請求書を作る',
    '🚚',
    'e\u0301',
    'a"b',
    'a\\b',
    '\ud83d\udc69',
  ])
    assert.equal(nameText(plain), plain)
  for (const [given, shown] of [
    ['', '""'],
    [' ', '" "'],
    ['a  b', '"a  b"'],
    ['a\nb', String.raw`"a\nb"`],
    ['a\tb', String.raw`"a\tb"`],
    ['\u202egnp.exe', String.raw`"\u202egnp.exe"`],
    ['a\u200bb', String.raw`"a\u200bb"`],
    ['a\u00a0b', String.raw`"a\u00a0b"`],
    ['\u{e0041}', String.raw`"\udb40\udc41"`],
    ['\u0301', String.raw`"\u0301"`],
    ['"a"', String.raw`"\"a\""`],
    ['a → b', '"a → b"'],
    ['a, b', '"a, b"'],
    ['a (failed)', '"a (failed)"'],
    ['\u05d0', '\u2068\u05d0\u2069'],
  ] as const)
    assert.equal(nameText(given), shown)
  fc.assert(
    fc.property(name, (given) => {
      const shown = isolated(nameText(given))
      assert.doesNotMatch(shown, UNSEEN)
      assert.match(shown, /[^ ]/)
      assert.equal(shown.startsWith('"') ? JSON.parse(shown) : shown, given)
    }),
  )
})

test('two names that differ are never shown alike', () => {
  fc.assert(
    fc.property(name, name, (a, b) => {
      if (a !== b) assert.notEqual(nameText(a), nameText(b))
    }),
  )
})

const event = (name: string, status: NodeEvent['status']): NodeEvent => ({
  id: ID,
  name,
  status,
  stale: false,
  createdAt: AT,
  detectionDurationMs: 1,
  handlerDurationMs: 1,
  errorMessage: null,
})
const job = (name: string, triggered: Branch[]): BranchJob => ({
  id: ID,
  name,
  functionName: null,
  status: 'failed',
  stale: false,
  durationMs: 1,
  startedAt: AT,
  endedAt: AT,
  errorMessage: null,
  eventExecutionId: ID,
  triggered,
})
const branch = (sourceFunction: string, depth: number, jobs: BranchJob[], events: NodeEvent[]): Branch => ({
  id: ID,
  createdAt: AT,
  endedAt: AT,
  durationMs: 7,
  status: 'completed',
  stale: false,
  crashed: false,
  crash: null,
  sourceFunction,
  sourceTable: null,
  sourceOperation: null,
  sourceSystem: null,
  sourceEventId: null,
  sourceEventTime: null,
  correlationId: null,
  sourceJobId: null,
  link: 'unknown',
  eventsDetected: 2,
  errorMessage: null,
  depth,
  lagMs: null,
  clockSkew: false,
  parentId: null,
  jobs,
  events: { detected: 2, undetected: 0, data: events },
})

test('each line of a tree keeps its shape, and gives its names back, whatever they hold', () => {
  fc.assert(
    fc.property(name, name, name, name, (root, via, other, child) => {
      const tree = branch(
        root,
        0,
        [job(via, [branch(child, 1, [], [])]), job(other, [])],
        [event(via, 'completed'), event(other, 'handler_failed')],
      )
      const [first, second, ...rest] = isolated([...treeLines(tree, summary, null)].join('')).split('\n')
      const [own, status, took, jobs, events, at, id, ...more] = columns(first ?? '')
      assert.deepEqual(
        [own, status, took, at, id, more],
        [root, 'completed', '7 ms', AT, ID, []].map((part, place) => (place === 0 ? isolated(nameText(root)) : part)),
      )
      assert.equal(jobs, `2 jobs, failed: ${isolated(nameText(via))}, ${isolated(nameText(other))}`)
      assert.equal(events, `2 of 2 events: ${isolated(nameText(via))}, ${isolated(nameText(other))} (handler_failed)`)
      assert.ok(second?.startsWith('  '))
      assert.equal(columns(second?.slice(2) ?? '')[0], `${isolated(nameText(via))} → ${isolated(nameText(child))}`)
      assert.deepEqual(rest, [
        '',
        '2 invocations, 2 jobs; failed: 0 invocations, 0 jobs; running: 0; stale: 0; 0 ms from start to end',
        '',
      ])
    }),
  )
})

/** The columns of a line; two spaces inside a JSON string end none. */
function columns(line: string): string[] {
  const names: string[] = []
  const hidden = line.replace(/(?<=^| |\()"(?:\\.|[^"\\])*"/g, (quoted) => `\0${names.push(quoted) - 1}\0`)
  return hidden.split('  ').map((column) => column.replace(/\0(\d+)\0/g, (_, at) => names[Number(at)] ?? ''))
}
