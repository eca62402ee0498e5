import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { boundsOf, portsOf, type Box, type Way } from '../../src/dashboard/dependencies/curves.ts'

const coordinate = fc.integer({ min: -500, max: 500 })
const box = fc.record({ x: coordinate, y: coordinate, width: fc.constant(150), height: fc.constant(44) })
const graphs = fc.array(box, { minLength: 1, maxLength: 6 }).chain((boxes) => {
  const key = fc.nat(boxes.length - 1).map(String)
  const way = fc.record({
    source: key,
    target: key,
    between: fc.array(fc.record({ x: coordinate, y: coordinate }), { maxLength: 3 }),
  })
  return fc.record({
    boxes: fc.constant(new Map(boxes.map((each, nth): [string, Box] => [String(nth), each]))),
    ways: fc.array(way),
  })
})

test('each arrow begins and ends at a side of its boxes, and the picture holds all of it', () => {
  fc.assert(
    fc.property(graphs, ({ boxes, ways }: { boxes: Map<string, Box>; ways: Way[] }) => {
      const lines = portsOf(ways, boxes)
      const { x, y, width, height } = boundsOf([...boxes.values()], lines)
      ways.forEach(({ source, target, between }, nth) => {
        const line = lines[nth] ?? []
        assert.equal(line.length, between.length + 2)
        for (const [key, end] of [
          [source, line[0]],
          [target, line.at(-1)],
        ] as const) {
          const at = boxes.get(key)
          assert.ok(at && end)
          assert.equal(Math.abs(end.x - at.x), at.width / 2)
          assert.ok(Math.abs(end.y - at.y) < at.height / 2)
        }
      })
      for (const point of [...boxes.values(), ...lines.flat()])
        assert.ok(point.x > x && point.x < x + width && point.y > y && point.y < y + height)
    }),
  )
})
