import type { Missing, MissingSteps } from './missing.ts'
import type { Step } from './step.ts'

/** How many of the steps directly below one are shown at first, and how many more on demand. */
export const SHOWN = 100
/** Rows that are open at first: about so many, however large the tree is. */
const OPEN_AT_FIRST = 300

/** What of a tree is shown. Steps are named by their ids, because a tree that grows moves their indices. */
export interface Folding {
  /** Steps whose subtree is folded away. */
  readonly closed: ReadonlySet<string>
  /** Of steps below which more than SHOWN are shown: how many. */
  readonly shown: ReadonlyMap<string, number>
}

/** A line of the outline: a step, what is folded away behind the last one that is shown below `parent`, what the service left out there, or what normally follows `parent` and did not. */
export type Row =
  | { readonly kind: 'step'; readonly step: Step }
  | {
      readonly kind: 'more'
      readonly parent: Step
      /** The first step that is left out. */
      readonly from: number
      /** Steps directly below `parent` that are left out. */
      readonly hidden: number
    }
  | { readonly kind: 'rest'; readonly parent: Step; readonly more: NonNullable<Step['more']> }
  | { readonly kind: 'missing'; readonly parent: Step; readonly missing: Missing }

/** The rows of the subtree of a step, in order. */
export function rowsOf(
  steps: readonly Step[],
  top: number,
  { closed, shown }: Folding,
  missing: MissingSteps = new Map(),
): Row[] {
  const rows: Row[] = []
  const end = steps[top]?.end ?? 0
  /** What comes at the end of the subtrees that are open here, the innermost last. */
  const waiting: Array<{ at: number; rows: Row[] }> = []
  const follow = (index: number): void => {
    for (let last = waiting.at(-1); last && last.at <= index; last = waiting.at(-1)) {
      rows.push(...last.rows)
      waiting.pop()
    }
  }
  for (let index = top; index < end;) {
    follow(index)
    const step = steps[index]
    if (step === undefined) break
    const parent = index === top ? undefined : steps[step.parent]
    if (parent !== undefined && step.place >= (shown.get(parent.id) ?? SHOWN)) {
      rows.push({ kind: 'more', parent, from: index, hidden: parent.children - step.place })
      index = parent.end
      continue
    }
    rows.push({ kind: 'step', step })
    if (closed.has(step.id)) {
      index = step.end
      continue
    }
    const behind = behindOf(step, missing)
    if (behind.length > 0) waiting.push({ at: step.end, rows: behind })
    index++
  }
  follow(end)
  return rows
}

/** What stands behind the subtree of a step. */
function behindOf(step: Step, missing: MissingSteps): Row[] {
  const absent = (missing.get(step.id) ?? []).map((each): Row => ({ kind: 'missing', parent: step, missing: each }))
  return step.more === null ? absent : [{ kind: 'rest', parent: step, more: step.more }, ...absent]
}

/** A small tree is open; of a large one as many levels as give about 300 rows. */
export function foldedAtFirst(steps: readonly Step[]): Folding {
  const perDepth: number[] = []
  for (const { depth } of steps) perDepth[depth] = (perDepth[depth] ?? 0) + 1
  let rows = 0
  const deepest = perDepth.findIndex((count) => (rows += Math.min(count, SHOWN)) > OPEN_AT_FIRST)
  if (deepest === -1) return { closed: new Set(), shown: new Map() }
  const closed = steps.filter(({ depth, children }) => children > 0 && depth >= Math.max(1, deepest - 1))
  return { closed: new Set(closed.map(({ id }) => id)), shown: new Map() }
}

export function toggled({ closed, shown }: Folding, id: string): Folding {
  const next = new Set(closed)
  if (!next.delete(id)) next.add(id)
  return { closed: next, shown }
}

/** Shows the next SHOWN below a step. */
export function extended({ closed, shown }: Folding, parent: string): Folding {
  return { closed, shown: new Map(shown).set(parent, (shown.get(parent) ?? SHOWN) + SHOWN) }
}

/** Opens all that hides a step. The same folding if nothing does. */
export function revealed(steps: readonly Step[], folding: Folding, index: number): Folding {
  const closed = new Set(folding.closed)
  const shown = new Map(folding.shown)
  let changed = false
  for (let step = steps[index]; step !== undefined;) {
    const parent = steps[step.parent]
    if (parent === undefined) break
    if (closed.delete(parent.id)) changed = true
    if (step.place >= (shown.get(parent.id) ?? SHOWN)) {
      shown.set(parent.id, (Math.floor(step.place / SHOWN) + 1) * SHOWN)
      changed = true
    }
    step = parent
  }
  return changed ? { closed, shown } : folding
}

/** Everything in the subtree of a step is open, or everything below it is folded. */
export function foldedBelow(steps: readonly Step[], { closed, shown }: Folding, top: number, fold: boolean): Folding {
  const next = new Set(closed)
  const { end = 0 } = steps[top] ?? {}
  for (const { id, index, children } of steps.slice(top, end)) {
    if (fold && index !== top && children > 0) next.add(id)
    else next.delete(id)
  }
  return { closed: next, shown }
}
