import assert from 'node:assert/strict'
import test from 'node:test'
import { decide, type Decision, type Examined } from '../../src/domain/link/decide.ts'
import { settingsFingerprint } from '../../src/domain/link/fingerprint.ts'

const HOUR = 3_600_000
const job = 'b0000000-0000-4000-8000-000000000001'
const other = 'b0000000-0000-4000-8000-000000000002'
const examined: Examined = {
  id: 'a0000000-0000-4000-8000-000000000001',
  createdAt: '2026-01-01T00:00:01.000000Z',
  eventTime: '2026-01-01T00:00:01.000000Z',
  now: '2026-01-01T00:10:00.000000Z',
  sourceJobId: null,
  namedJobId: job,
  unread: false,
  job: { startedAt: '2026-01-01T00:00:00.000000Z', durationMs: 500, own: false },
  parentId: 'c',
  kept: null,
}

/** In short: what is kept from now on, whether that is another thing, whether it may close a circle, and how it counts. */
function short({ keep, changed, newParentId, state }: Decision): unknown[] {
  return [keep && `${keep.state} ${keep.jobId === job ? 'job' : 'other'}`, changed, newParentId, state]
}

const kept = (state: NonNullable<Examined['kept']>['state'], jobId = job, current = true): Examined['kept'] => ({
  state,
  jobId,
  current,
})

const cases: Array<[name: string, given: Partial<Examined>, decision: unknown[], again?: boolean]> = [
  ['nothing is kept yet', {}, ['recovered job', true, 'c', 'recovered']],
  ['the same is kept', { kept: kept('recovered') }, ['recovered job', false, null, 'recovered']],
  ['the same by an older rule', { kept: kept('recovered', job, false) }, ['recovered job', true, null, 'recovered']],
  ['another job is kept', { kept: kept('recovered', other) }, ['recovered job', true, 'c', 'recovered']],
  ['it was ambiguous', { kept: kept('ambiguous') }, ['recovered job', true, 'c', 'recovered']],
  ['the writer reset what was mended', { kept: kept('mended') }, ['recovered job', true, null, 'recovered']],
  ['a person took it back', { kept: kept('undone') }, ['undone job', false, null, 'undone']],
  ['and asks for it again', { kept: kept('undone') }, ['recovered job', true, 'c', 'recovered'], true],
  ['the job is gone', { kept: kept('recovered'), job: null }, ['severed job', true, null, 'severed']],
  [
    'the job is its own',
    { job: { startedAt: examined.createdAt, durationMs: null, own: true } },
    [null, false, null, 'none'],
  ],
  ['nothing is named any more', { namedJobId: null, kept: kept('recovered') }, [null, true, null, 'none']],
  ['it cannot be read', { unread: true, namedJobId: null }, [null, false, null, 'unknown']],
  [
    'it cannot be read any more',
    { unread: true, namedJobId: null, kept: kept('recovered') },
    ['recovered job', false, null, 'recovered'],
  ],
]

for (const [name, given, decision, again = false] of cases)
  test(`what is kept if ${name}`, () =>
    assert.deepEqual(short(decide({ ...examined, ...given }, HOUR, again)), decision))

test('other settings have another fingerprint', () => {
  const all = [
    { maxAge: HOUR, paths: [] },
    { maxAge: 2 * HOUR, paths: [] },
    { maxAge: HOUR, paths: [['a', 'b']] },
    { maxAge: HOUR, paths: [['a'], ['b']] },
  ].map(settingsFingerprint)
  assert.equal(new Set(all).size, all.length)
  assert.equal(settingsFingerprint({ maxAge: HOUR, paths: [] }), all[0])
})
