import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { countsDiffer, sharesDiffer } from '../../src/domain/analysis/noise.ts'
import { Random } from '../../src/demo/random.ts'

const count = fc.integer({ min: 0, max: 1_000_000 })
const shareOf = fc
  .integer({ min: 1, max: 10_000 })
  .chain((n) => fc.record({ of: fc.integer({ min: 0, max: n }), n: fc.constant(n) }))

test('both tests are symmetric, and nothing differs from itself', () => {
  fc.assert(fc.property(count, count, (a, b) => countsDiffer(a, b) === countsDiffer(b, a) && !countsDiffer(a, a)))
  fc.assert(fc.property(shareOf, shareOf, (a, b) => sharesDiffer(a, b) === sharesDiffer(b, a) && !sharesDiffer(a, a)))
})

test('what differs still does where the same difference was seen more often', () => {
  fc.assert(fc.property(count, count, (a, b) => !countsDiffer(a, b) || countsDiffer(2 * a, 2 * b)))
  const twice = ({ of, n }: { of: number; n: number }) => ({ of: 2 * of, n: 2 * n })
  fc.assert(fc.property(shareOf, shareOf, (a, b) => !sharesDiffer(a, b) || sharesDiffer(twice(a), twice(b))))
})

test('10 against 0 differs and 9 does not, nor does anything of nothing', () => {
  assert.deepEqual([countsDiffer(9, 0), countsDiffer(10, 0)], [false, true])
  assert.deepEqual(
    [sharesDiffer({ of: 0, n: 0 }, { of: 5, n: 5 }), sharesDiffer({ of: 0, n: 20 }, { of: 9, n: 20 })],
    [false, true],
  )
})

test('of two windows of the same process no more than about 3 in 1,000 are told as different', () => {
  const random = new Random(11, 0, 0)
  const drawn = (n: number, chance: number): number =>
    Array.from({ length: n }, () => random.chance(chance)).filter(Boolean).length
  let counts = 0
  let shares = 0
  for (let run = 0; run < 2000; run += 1) {
    const [a, b] = [drawn(200, 0.1), drawn(200, 0.1)]
    if (countsDiffer(a, b)) counts += 1
    if (sharesDiffer({ of: a, n: 200 }, { of: b, n: 200 })) shares += 1
  }
  // The seed is fixed; 6 are expected of 2,000.
  assert.ok(counts <= 15 && shares <= 15, `${counts} and ${shares}`)
})
