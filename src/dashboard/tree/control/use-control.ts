import { useMemo, useState } from 'react'
import type { Rest } from '../ask/rest.ts'
import { failuresOf, matching, nextOf } from '../model/find.ts'
import type { MissingSteps } from '../model/missing.ts'
import { extended, foldedAtFirst, foldedBelow, revealed, rowsOf, toggled, type Row } from '../model/rows.ts'
import type { Step } from '../model/step.ts'
import type { TreeSearch } from '../search.ts'

/** What the views share: what is shown, what is selected, and how both change. */
export interface Control {
  readonly steps: readonly Step[]
  readonly rows: readonly Row[]
  /** The step whose subtree is shown. */
  readonly top: Step
  readonly selected: Step
  readonly closed: ReadonlySet<string>
  readonly failures: readonly number[]
  /** What the service left out, to be read on demand. */
  readonly rest: Rest
  /** What is searched for within the tree; it stays in this page. */
  readonly text: string
  readonly found: readonly number[]
  readonly foundSteps: ReadonlySet<number>
  readonly select: (step: Step) => void
  readonly toggle: (step: Step) => void
  readonly extend: (parent: Step) => void
  readonly foldAll: (fold: boolean) => void
  readonly zoomTo: (step: Step | undefined) => void
  readonly search: (text: string) => void
  /** Selects the next failure, or the next step that was found. */
  readonly next: (of: 'failures' | 'found', direction: 1 | -1) => void
}

/** `root` is the first of the steps, `asked` the id that the URL names, `missing` what normally follows a step and did not, `rest` what the service left out; `change` writes into the URL. */
export function useControl(
  steps: readonly Step[],
  root: Step,
  asked: string,
  { selected: selectedId, zoom }: TreeSearch,
  missing: MissingSteps,
  rest: Rest,
  change: (next: Partial<TreeSearch>) => void,
): Control {
  const places = useMemo(() => new Map(steps.map(({ id, index }) => [id, index])), [steps])
  const indexOf = (id: string | undefined): number | undefined => (id === undefined ? undefined : places.get(id))
  const wanted = indexOf(selectedId) ?? indexOf(asked) ?? 0
  const [folding, setFolding] = useState(() => revealed(steps, foldedAtFirst(steps), wanted))
  const [text, setText] = useState('')
  const topIndex = indexOf(zoom) ?? 0
  const rows = useMemo(() => rowsOf(steps, topIndex, folding, missing), [steps, topIndex, folding, missing])
  const failures = useMemo(() => failuresOf(steps), [steps])
  const found = useMemo(() => matching(steps, text), [steps, text])
  const foundSteps = useMemo(() => new Set(found), [found])
  const top = steps[topIndex] ?? root
  const selected = steps[wanted] ?? root
  const holds = ({ index, end }: Step, at: number): boolean => at >= index && at < end
  const select = (step: Step): void => {
    setFolding((before) => revealed(steps, before, step.index))
    change({ selected: step.id, ...(holds(top, step.index) ? {} : { zoom: undefined }) })
  }
  return {
    steps,
    rows,
    top,
    selected,
    closed: folding.closed,
    failures,
    rest,
    text,
    found,
    foundSteps,
    select,
    toggle: ({ id }) => setFolding((before) => toggled(before, id)),
    extend: ({ id }) => setFolding((before) => extended(before, id)),
    foldAll: (fold) => setFolding((before) => foldedBelow(steps, before, top.index, fold)),
    zoomTo: (step) => change({ zoom: step === undefined || step.index === 0 ? undefined : step.id }),
    search: (next) => {
      setText(next)
      const [match] = matching(steps, next)
      const step = steps[match ?? -1]
      if (step) select(step)
    },
    next: (of, direction) => {
      const step = steps[nextOf(of === 'failures' ? failures : found, selected.index, direction) ?? -1]
      if (step) select(step)
    },
  }
}
