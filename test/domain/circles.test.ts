import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { closingLinks, type NewLink } from '../../src/domain/link/circles.ts'

/** Links between a few invocations, one for each child, in any order. */
const links = fc
  .uniqueArray(fc.tuple(fc.nat(12), fc.nat(12)), { selector: ([child]) => child, maxLength: 13 })
  .map((pairs) => pairs.map(([child, parent]): NewLink => ({ id: `i${child}`, parentId: `i${parent}` })))

/** By following each parent for as many steps as there are links. */
function hasCircle(of: readonly NewLink[]): boolean {
  const parentOf = new Map(of.map(({ id, parentId }) => [id, parentId]))
  return of.some(({ id }) => {
    let at = parentOf.get(id)
    for (let steps = 0; at !== undefined && at !== id && steps < of.length; steps += 1) at = parentOf.get(at)
    return at === id
  })
}

test('what is left has no circle, and each link that is taken out closes one with those before it', () => {
  fc.assert(
    fc.property(links, (all) => {
      const closing = new Set(closingLinks(all))
      assert.ok(!hasCircle(all.filter((link) => !closing.has(link))))
      for (const [at, link] of all.entries())
        if (closing.has(link)) assert.ok(hasCircle([...all.slice(0, at).filter((each) => !closing.has(each)), link]))
    }),
  )
})

test('a chain of 5,000 in one batch is looked through in order and against it', () => {
  const chain = Array.from({ length: 5000 }, (_, at): NewLink => ({ id: `i${at + 1}`, parentId: `i${at}` }))
  assert.deepEqual(closingLinks(chain), [])
  assert.deepEqual(closingLinks(chain.toReversed()), [])
  const last = { id: 'i0', parentId: 'i5000' }
  assert.deepEqual(closingLinks([...chain, last]), [last])
})
