import type { Step } from './step.ts'

/** The indices of the steps whose name, id, status or message holds a text, in any case. An empty text finds none. */
export function matching(steps: readonly Step[], text: string): number[] {
  const wanted = text.trim().toLowerCase()
  if (wanted === '') return []
  return indicesOf(steps, ({ name, id, status, message, crashedIn }) =>
    [name, id, status, message, crashedIn].some((each) => each?.toLowerCase().includes(wanted) === true),
  )
}

/** The indices of the steps that failed themselves. */
export function failuresOf(steps: readonly Step[]): number[] {
  return indicesOf(steps, ({ failed }) => failed)
}

function indicesOf(steps: readonly Step[], holds: (step: Step) => boolean): number[] {
  return steps.flatMap((step) => (holds(step) ? [step.index] : []))
}

/** Of ascending indices the next one after `from`, or before it; round the ends. Undefined: there is none. */
export function nextOf(indices: readonly number[], from: number, direction: 1 | -1): number | undefined {
  return direction === 1
    ? (indices.find((index) => index > from) ?? indices[0])
    : (indices.findLast((index) => index < from) ?? indices.at(-1))
}
