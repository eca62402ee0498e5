import type { Control } from '../control/use-control.ts'
import type { Row } from '../model/rows.ts'
import type { Step } from '../model/step.ts'
import { toneOf } from '../model/tone.ts'
import { stateText } from '../text/text-lines.ts'
import { StepBars } from '../waterfall/step-bars.tsx'
import { timeText } from '../waterfall/time-text.ts'
import { OtherRow } from './other-row.tsx'
import { rowId } from './row-id.ts'
import { Fold, Indent, Marks } from './row-parts.tsx'
import type { TimeAxis } from '../waterfall/time-axis.ts'

interface RowProps {
  row: Row
  at: number
  offset: number
  height: number
  selected: boolean
  control: Control
  axis: TimeAxis | null
  details: () => void
}

/** A line of the outline. */
export function OutlineRow({ row, at, offset, height, selected, control, axis, details }: RowProps) {
  const place = { transform: `translateY(${offset}px)`, height }
  if (row.kind !== 'step')
    return <OtherRow row={row} at={at} level={levelOf(row.parent, control) + 1} place={place} control={control} />
  const { step } = row
  const closed = control.closed.has(step.id)
  return (
    <div
      id={rowId(at)}
      className={`row${selected ? ' row-selected' : ''}${control.foundSteps.has(step.index) ? ' row-found' : ''}`}
      role="treeitem"
      aria-level={levelOf(step, control)}
      aria-expanded={step.children > 0 ? !closed : undefined}
      aria-selected={selected}
      aria-setsize={step.parent === -1 ? 1 : control.steps[step.parent]?.children}
      aria-posinset={step.place + 1}
      style={place}
      onClick={() => control.select(step)}
      onDoubleClick={details}
    >
      <div className="row-name">
        <Indent levels={levelOf(step, control) - 1} />
        <Fold step={step} closed={closed} toggle={() => control.toggle(step)} />
        <span className={`kind kind-${step.kind} tone-${toneOf(step)}`} aria-hidden="true" />
        <span className="unseen">{step.kind}</span>
        <span className="row-title" title={step.name}>
          {step.name}
        </span>
        <Marks step={step} closed={closed} />
        <span className="unseen">{toldOf(step, axis)}</span>
      </div>
      {axis !== null && <StepBars step={step} axis={axis} />}
    </div>
  )
}

function levelOf(step: Step, { top }: Control): number {
  return step.depth - top.depth + 1
}

/** What colours and bars show, in words. */
function toldOf(step: Step, axis: TimeAxis | null): string {
  return axis === null ? stateText(step) : `${stateText(step)}, ${timeText(step, axis.now)}`
}
