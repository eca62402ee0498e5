import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { instantOf } from '../../src/domain/instant.ts'
import { linkPathsOf } from '../../src/domain/link/paths.ts'
import { linkOf, links, type LinkFacts } from '../../src/domain/link/rule.ts'

const id = '9b2d7a10-4f6e-4c1b-8a57-3d0e5f6a7b8c'
const now = Date.parse('2026-11-27T12:00:00Z')
const hour = 3_600_000
const at = (ms: number) => instantOf(now + ms)

/** An invocation of two hours ago whose payload names a job that began a second before the event and took two. */
const facts: LinkFacts = {
  createdAt: at(-2 * hour),
  eventTime: at(-2 * hour),
  now: at(0),
  sourceJobId: null,
  namedJobId: id,
  unread: false,
  job: { startedAt: at(-2 * hour - 1000), durationMs: 2000, own: false },
}
const began = (ms: number, durationMs: number | null, own = false) => ({
  job: { startedAt: at(-2 * hour + ms), durationMs, own },
})

const cases: Array<[what: string, changed: Partial<LinkFacts>, link: string]> = [
  ['the column names a job that is there', { sourceJobId: id, namedJobId: null }, 'recorded'],
  ['the column names a job that is not there', { sourceJobId: id, namedJobId: null, job: null }, 'severed'],
  ['the same, of a row of a moment ago', { sourceJobId: id, job: null, createdAt: at(-59_999) }, 'pending'],
  ['nothing names a job', { namedJobId: null, job: null }, 'none'],
  ['the payload cannot be read', { namedJobId: null, job: null, unread: true }, 'unknown'],
  ['the payload names a job that is there, in time', {}, 'recoverable'],
  ['a job that goes on never ended too early', { ...began(-99 * hour, null) }, 'recoverable'],
  ['the job ended an hour before the event', { ...began(-hour - 2000, 2000) }, 'recoverable'],
  ['the job ended more than an hour before the event', { ...began(-hour - 2001, 2000) }, 'ambiguous'],
  ['the event came 5 s before the job began', { ...began(5000, 2000) }, 'recoverable'],
  ['the event came more than 5 s before the job began', { ...began(5001, 2000) }, 'none'],
  ['the job ran in this very invocation', { ...began(10, 20, true) }, 'none'],
  ['the named job is not there, and the row is of 59 s ago', { job: null, createdAt: at(-59_999) }, 'pending'],
  ['the named job is not there, and the row is a minute old', { job: null, createdAt: at(-60_000) }, 'severed'],
  ['the row is ahead of the clock', { job: null, createdAt: at(60_000) }, 'pending'],
  ['the job began at -infinity', { job: { startedAt: '-infinity', durationMs: 5, own: false } }, 'ambiguous'],
  ['the event comes at infinity', { eventTime: 'infinity' }, 'ambiguous'],
]

for (const [what, changed, expected] of cases) {
  test(`${what}: ${expected}`, () => {
    const given = { ...facts, ...changed }
    const named = given.sourceJobId === null && !given.unread ? given.namedJobId : null
    assert.deepEqual(linkOf(given, hour), { link: expected, namedJobId: named })
  })
}

const time = fc.integer({ min: -100 * hour, max: 100 * hour }).map(at)
const anyFacts: fc.Arbitrary<LinkFacts> = fc.record({
  createdAt: time,
  eventTime: time,
  now: time,
  sourceJobId: fc.constantFrom(null, id),
  namedJobId: fc.constantFrom(null, id),
  unread: fc.boolean(),
  job: fc.option(
    fc.record({ startedAt: time, durationMs: fc.option(fc.integer({ min: 0, max: hour })), own: fc.boolean() }),
  ),
})

test('the rule never tells of a parent that is not there, nor of none where one is named and may be it', () => {
  fc.assert(
    fc.property(anyFacts, fc.integer({ min: 0, max: 10 * hour }), (given, maxAge) => {
      const { link, namedJobId } = linkOf(given, maxAge)
      assert.ok(links.includes(link))
      const named = given.sourceJobId ?? (given.unread ? null : given.namedJobId)
      if (['recorded', 'recoverable', 'ambiguous'].includes(link)) assert.ok(named !== null && given.job !== null)
      if (['pending', 'severed'].includes(link)) assert.ok(named !== null && given.job === null)
      if (link === 'none') assert.ok(named === null || given.job !== null)
      assert.equal(link === 'unknown', given.sourceJobId === null && given.unread)
      assert.equal(namedJobId, given.sourceJobId === null ? named : null)
    }),
  )
})

test('as time passes, pending becomes severed and nothing else changes; a later event is never less doubtful', () => {
  fc.assert(
    fc.property(anyFacts, fc.nat(10 * hour), (given, later) => {
      const before = linkOf(given, hour).link
      const after = linkOf({ ...given, now: instantOf(Date.parse(given.now) + later) }, hour).link
      assert.ok(before === after || (before === 'pending' && after === 'severed'))
      const then = linkOf({ ...given, eventTime: instantOf(Date.parse(given.eventTime) + later) }, hour).link
      if (before === 'ambiguous') assert.equal(then, 'ambiguous')
      if (before === 'recoverable') assert.notEqual(then, 'none')
    }),
  )
})

test('LINK_PATHS: keys and places with dots between, paths with commas between', () => {
  assert.deepEqual(linkPathsOf(undefined), [])
  assert.deepEqual(linkPathsOf('event.data.new.modified_by, rows.0.x-job'), [
    ['event', 'data', 'new', 'modified_by'],
    ['rows', '0', 'x-job'],
  ])
  for (const wrong of ['a..b', '', ',a', 'a[0]', 'a.*', 'a b', '{a,b}', Array(33).fill('a').join('.')])
    assert.equal(linkPathsOf(wrong), undefined, wrong)
})
