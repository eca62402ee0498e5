import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { shapeLine } from '../../src/domain/shapes/shape-line.ts'
import { shapeOf } from '../../src/domain/shapes/shape.ts'
import type { Node } from '../../src/domain/tree/node.ts'
import { nodesOf, plan, type Plan } from '../support/plans.ts'

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
