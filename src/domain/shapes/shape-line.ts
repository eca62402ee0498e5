import { nameText } from '../name-text.ts'
import type { Shape } from './shape.ts'

/** Characters of a line; a longer one is cut, and ends with `…`. */
const LONGEST = 500

/**
 * A shape as one line: `on-order-created (open-payment → on-payment-created, write-audit-entry ×2)`. In parentheses stand the jobs that a function ran, behind an arrow what a job led to, siblings by
 * (name, hash). Names are shown by nameText.
 */
export function shapeLine(shape: Shape): string {
  let line = ''
  // What is still to be written, the next one last: a shape, or text.
  const open: Array<{ shape: Shape; times: number } | string> = [{ shape, times: 1 }]
  for (let next = open.pop(); next !== undefined && line.length <= LONGEST; next = open.pop()) {
    if (typeof next === 'string') {
      line += next
      continue
    }
    line += nameText(next.shape.name)
    if (next.times > 1) open.push(` ×${next.times}`)
    const { below, kind } = next.shape
    if (below.length === 0) continue
    const [before, between, after] = kind === 'function' ? [' (', ', ', ')'] : [' → ', ' + ', '']
    line += before
    if (after !== '') open.push(after)
    for (const [nth, part] of below.toSorted(byName).reverse().entries()) {
      if (nth > 0) open.push(between)
      open.push(part)
    }
  }
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line
}

function byName(a: { shape: Shape }, b: { shape: Shape }): number {
  if (a.shape.name !== b.shape.name) return a.shape.name < b.shape.name ? -1 : 1
  return a.shape.hash < b.shape.hash ? -1 : 1
}
