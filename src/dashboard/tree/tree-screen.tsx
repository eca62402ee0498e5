import { lazy, Suspense, useMemo, useRef, useState } from 'react'
import { useCriticalPath, useTreeFailures } from './ask/findings.ts'
import type { Rest } from './ask/rest.ts'
import type { AskedTree, Levels } from './ask/tree.ts'
import { useControl } from './control/use-control.ts'
import { useKeys } from './control/use-keys.ts'
import { useNarrow } from './control/use-narrow.ts'
import { useNow } from './control/now.ts'
import { criticalParts } from './model/critical-path.ts'
import { epochMs } from './model/instant.ts'
import { missingSteps } from './model/missing.ts'
import type { Step } from './model/step.ts'
import { Outline } from './outline/outline.tsx'
import { StepPanel } from './panel/panel.tsx'
import type { TreeSearch } from './search.ts'
import { Summary } from './summary.tsx'
import { TextView } from './text/text-view.tsx'
import { Toolbar } from './toolbar.tsx'
import { spanOf } from './waterfall/bars.ts'

const GraphView = lazy(() => import('./graph/graph-view.tsx'))

interface ScreenProps {
  /** The id that the URL names. */
  id: string
  asked: AskedTree
  rest: Rest
  steps: readonly Step[]
  root: Step
  search: TreeSearch
  change: (next: Partial<TreeSearch>) => void
  loadLevels: (levels: Levels) => void
}

/** A tree in one of three views that share what is selected, folded and zoomed to, and beside it all about the selected step. */
export function TreeScreen({ id, asked, rest, steps, root, search, change, loadLevels }: ScreenProps) {
  const { tree } = asked
  const view = search.view ?? 'waterfall'
  const now = useNow(epochMs(tree.asOf) ?? 0, asked.receivedAt, tree.summary.running > 0)
  const version = `${tree.summary.invocations} ${tree.summary.running} ${tree.summary.endedAt}`
  const path = useCriticalPath(root.id, version)
  const failures = useTreeFailures(root.id, version, root.failures > 0)
  const missing = useMemo(() => missingSteps(failures.data?.rootCauses.data ?? []), [failures.data])
  const control = useControl(steps, root, id, search, missing, rest, change)
  const critical = useMemo(() => criticalParts(path.data?.segments ?? []), [path.data])
  const criticalIds = useMemo(() => new Set(critical.keys()), [critical])
  const span = useMemo(() => spanOf(steps, control.top.index, now), [steps, control.top, now])
  const [panel, setPanel] = useState(false)
  const narrow = useNarrow()
  const box = useRef<HTMLInputElement>(null)
  const setView = (next: typeof view): void => change({ view: next === 'waterfall' ? undefined : next })
  useKeys(control, { view: setView, search: () => box.current?.focus(), details: setPanel })
  const details = (): void => setPanel(true)
  const time = useMemo(() => (span === null ? null : { span, now, critical }), [span, now, critical])
  return (
    <div className="tree-screen">
      <Summary
        asked={asked}
        root={root}
        control={control}
        path={path.data}
        failures={failures.data}
        loadLevels={loadLevels}
      />
      <Toolbar shown={{ control, time, critical: criticalIds, now }} view={view} setView={setView} search={box} />
      <div className={`tree-views tree-views-${view}`}>
        {view === 'text' ? (
          <TextView control={control} now={now} />
        ) : (
          <Outline control={control} axis={view === 'waterfall' ? time : null} stacked={narrow} details={details} />
        )}
        {view === 'graph' && (
          <Suspense fallback={<div className="graph" />}>
            <GraphView control={control} critical={criticalIds} now={now} details={details} />
          </Suspense>
        )}
        {(!narrow || panel) && (
          <StepPanel control={control} critical={critical} now={now} close={() => setPanel(false)} />
        )}
      </div>
    </div>
  )
}
