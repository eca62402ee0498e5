import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { pieces } from '../../src/http/forms/tree-ndjson.ts'

test('lines become few pieces of at most 64 KiB, in their order, and none is lost', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 100_000 }), { maxLength: 40 }), (lengths) => {
      const lines = lengths.map((length, nth) => String.fromCharCode(97 + (nth % 26)).repeat(length))
      const made = [...pieces(lines)]
      assert.equal(made.join(''), lines.join(''))
      for (const [nth, piece] of made.entries()) {
        assert.ok(piece !== '' && (piece.length <= 65_536 || lines.includes(piece)))
        // Two neighbours would not have fitted into one.
        assert.ok(nth === 0 || (made[nth - 1] ?? '').length + piece.length > 65_536)
      }
    }),
  )
})
