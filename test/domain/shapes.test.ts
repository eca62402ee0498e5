import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { shapeLine } from '../../src/domain/shapes/shape-line.ts'
import { shapeOf } from '../../src/domain/shapes/shape.ts'
import type { Node } from '../../src/domain/tree/node.ts'
import { drawn, drawnClock, type DrawnJob, type DrawnRun } from '../support/drawn-tree.ts'

/** Names of functions and jobs, one below the other. */
interface Plan {
  name: string
  below: Plan[]
}

const plan = fc.letrec<{ plan: Plan }>((tie) => ({
  plan: fc.record({
    name: fc.constantFrom('a', 'b', 'c'),
    below: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.constant<Plan[]>([]),
      fc.array(tie('plan'), { maxLength: 3 }),
    ),
  }),
})).plan

let ids = 0

/** A plan whose levels are functions and jobs in turn, as nodes. Drawings name rows by their ids, so names are put in afterwards. */
function nodesOf(root: Plan): Node[] {
  const names = new Map<string, string>()
  const called = ({ name }: Plan): string => {
    const id = `${(ids += 1)}`
    names.set(id, name)
    return id
  }
  const run = (each: Plan): DrawnRun => ({ run: called(each), at: [0, 1], jobs: each.below.map(job) })
  const job = (each: Plan): DrawnJob => ({ job: called(each), at: [0, 1], triggers: each.below.map(run) })
  const nodes = drawn(run(root), drawnClock(1000))
  for (const node of nodes) {
    node.sourceFunction = names.get(node.id) ?? ''
    for (const each of node.jobs) each.name = names.get(each.id) ?? ''
  }
  return nodes
}

const spelled = ({ name, below }: Plan): string => `${name}[${below.map(spelled).toSorted().join()}]`
const turned = ({ name, below }: Plan): Plan => ({ name, below: below.map(turned).toReversed() })

test('two trees have one hash exactly if they are spelled alike, in whatever order their rows come', () => {
  const known = new Map()
  fc.assert(
    fc.property(plan, plan, (one, other) => {
      const [a, b] = [shapeOf(nodesOf(one), known), shapeOf(nodesOf(other))]
      assert.equal(a.hash === b.hash, spelled(one) === spelled(other))
      assert.equal(shapeOf(nodesOf(turned(one))).hash, a.hash)
      assert.equal(shapeLine(shapeOf(nodesOf(turned(one)))), shapeLine(a))
    }),
  )
})

test('a line names siblings in order, equal ones once, and is cut where it would be long', () => {
  const below = (...names: string[]): Plan[] => names.map((name) => ({ name, below: [] }))
  const root = {
    name: 'order',
    below: [
      { name: 'pay', below: below('paid', 'paid', 'audited') },
      ...below('ship', 'audit', 'ship'),
      { name: 'mail, fast', below: [] },
    ],
  }
  assert.equal(shapeLine(shapeOf(nodesOf(root))), 'order (audit, "mail, fast", pay → audited + paid ×2, ship ×2)')
  let deep: Plan = { name: 'end', below: [] }
  for (let n = 0; n < 6000; n += 1) deep = { name: `level-${n}`, below: [deep] }
  const line = shapeLine(shapeOf(chain(deep)))
  assert.equal(line.length, 501)
  assert.ok(line.startsWith('level-5999 (level-5998 → level-5997 (level-5996 → ') && line.endsWith('…'))
})

/** The same of a chain, without recursion. */
function chain(start: Plan): Node[] {
  const [pattern] = nodesOf({ name: 'x', below: [] })
  const nodes: Node[] = []
  let job: string | null = null
  for (let at: Plan | undefined = start; at; at = at.below[0]?.below[0]) {
    const [next] = at.below
    const jobs = next ? (nodesOf({ name: 'x', below: [{ name: next.name, below: [] }] })[0]?.jobs ?? []) : []
    if (pattern) nodes.push({ ...pattern, depth: nodes.length, sourceFunction: at.name, sourceJobId: job, jobs })
    job = jobs[0]?.id ?? null
  }
  return nodes
}
