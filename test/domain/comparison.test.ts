import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { createComparison } from '../../src/domain/compare/comparison.ts'
import type { Difference } from '../../src/domain/compare/differences.ts'
import type { Node } from '../../src/domain/tree/node.ts'
import { nodesOf, plan, type Plan } from '../support/plans.ts'

const compared = (own: readonly Node[], other: readonly Node[]) => createComparison(own).found(other, true)
const short = ({ kind, path, times, otherTimes }: Difference): string =>
  `${kind} ${path.join('/')} ${times}:${otherTimes}`

/** How often each path of names stands in a plan. Imports nothing of the service. */
function pathsOf(root: Plan): Map<string, number> {
  const counts = new Map<string, number>()
  const add = ({ name, below }: Plan, above: string): void => {
    const path = above === '' ? name : `${above}/${name}`
    counts.set(path, (counts.get(path) ?? 0) + 1)
    for (const each of below) add(each, path)
  }
  add(root, '')
  return counts
}

/** Paths that stand less often in `a` than in `b`, without those below one of them. */
function fewer(a: Plan, b: Plan): string[] {
  const [own, other] = [pathsOf(a), pathsOf(b)]
  const lack = [...other].filter(([path, n]) => (own.get(path) ?? 0) < n).map(([path]) => path)
  return lack.filter((path) => !lack.some((above) => path.startsWith(`${above}/`)))
}

test('what is missing and extra is what counting the paths of both trees finds', () => {
  fc.assert(
    fc.property(plan, plan, (one, two) => {
      const found = compared(nodesOf(one), nodesOf(two)).differences.data
      const of = (kind: string) => found.filter((each) => each.kind === kind).map(({ path }) => path.join('/'))
      assert.deepEqual(of('missing').toSorted(), fewer(one, two).toSorted())
      assert.deepEqual(of('extra').toSorted(), fewer(two, one).toSorted())
      const back = compared(nodesOf(two), nodesOf(one)).differences.data
      assert.deepEqual(
        of('missing').toSorted(),
        back
          .filter(({ kind }) => kind === 'extra')
          .map(({ path }) => path.join('/'))
          .toSorted(),
      )
      assert.equal(compared(nodesOf(one), nodesOf(one)).sameShape, true)
      assert.deepEqual(compared(nodesOf(one), nodesOf(one)).differences.data, [])
    }),
  )
})

const names = (name: string, ...below: Plan[]): Plan => ({ name, below })
const order = names('order', names('pay', names('paid')), names('ship', names('shipped')))

test('two trees are told apart place by place, and below what is missing nothing more is said', () => {
  const own = names('order', names('pay'), names('ship', names('shipped')), names('ship'), names('audit'))
  const { differences, verdict, sameShape } = compared(nodesOf(own), nodesOf(order))
  assert.deepEqual(differences.data.map(short), [
    'missing order/pay/paid 0:1',
    'extra order/ship 2:1',
    'extra order/audit 1:0',
  ])
  assert.equal(sameShape, false)
  assert.equal(
    verdict,
    'Function paid is missing below pay (the other tree has it 1 times, this one 0); job ship ran, which is not usual there, and 1 more; there is no baseline: 0 finished trees that begin with the same function came in the 7 days before, and 20 are needed.',
  )
})

/** 20 orders before, with the durations 1 to 20 ms of what `slow` names. */
function afterTwenty(own: readonly Node[], before: Plan = order) {
  const comparison = createComparison(own)
  for (let n = 1; n <= 20; n += 1) comparison.before(lasting(nodesOf(before), n))
  return comparison.found(null, true)
}

/** Lets all of a tree, or the jobs of one name, take so many ms. */
function lasting(nodes: Node[], ms: number, name?: string): Node[] {
  for (const node of nodes) {
    if (name === undefined) node.durationMs = ms
    for (const job of node.jobs) if (name === undefined || job.name === name) job.durationMs = ms
  }
  return nodes
}

test('against a baseline a place is missing if it usually follows, slow beyond its own p95, and extra if it hardly ever follows', () => {
  const usual = afterTwenty(nodesOf(order))
  assert.deepEqual([usual.verdict, usual.sameShape, usual.baseline?.ofShape], ['Nothing differs.', true, 20])
  const odd = names('order', names('pay'), names('ship', names('shipped')), names('mail', names('mailed')))
  const { differences, verdict } = afterTwenty(lasting(nodesOf(odd), 20, 'ship'))
  assert.deepEqual(
    differences.data.map(({ kind, name, seenIn, outOf, durationMs, p95Ms }) => [
      kind,
      name,
      seenIn,
      outOf,
      durationMs,
      p95Ms,
    ]),
    [
      ['missing', 'paid', 20, 20, null, 19],
      ['slower', 'ship', 20, 20, 20, 19],
      ['extra', 'mail', 0, 20, 1, null],
    ],
  )
  assert.equal(
    verdict,
    'Function paid is missing below pay (20 of 20 trees have it); job ship took 20 ms, where p95 is 19 ms; job mail ran, which is not usual there.',
  )
  assert.deepEqual(afterTwenty(lasting(nodesOf(order), 19, 'ship')).differences.data, [])
  const few = createComparison(nodesOf(odd))
  few.before(nodesOf(order))
  const { baseline, differences: none, sameShape } = few.found(null, true)
  assert.deepEqual([baseline, none.count, sameShape], [null, 0, null])
})

test('what failed is told, and of a tree that runs that the missing may still come', () => {
  const open = nodesOf(names('order', names('pay')))
  for (const node of open) {
    node.status = 'running'
    for (const job of node.jobs) job.status = 'failed'
  }
  const { verdict } = createComparison(open).found(nodesOf(order), false)
  assert.match(
    verdict,
    /; job pay failed; it is not over, so what is missing may still come; a tree was cut, so this is said of the part that was read; /,
  )
})

test('a chain of 5,000 is compared without recursion', () => {
  const [pattern] = nodesOf(names('f', names('j')))
  const chain = (length: number): Node[] =>
    Array.from({ length }, (_, depth) => ({
      ...(pattern as Node),
      depth,
      sourceJobId: depth === 0 ? null : `j${depth - 1}`,
      jobs: [Object.assign({}, (pattern as Node).jobs[0], { id: `j${depth}` })],
    }))
  const { differences } = compared(chain(4999), chain(5000))
  assert.deepEqual(
    differences.data.map(({ kind, path }) => [kind, path.length]),
    [['missing', 10]],
  )
})
