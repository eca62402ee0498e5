import { count } from '../../format/numbers.ts'
import type { Control } from '../control/use-control.ts'
import type { Row } from '../model/rows.ts'
import type { Step } from '../model/step.ts'
import { toneOf } from '../model/tone.ts'
import { moreText, stateText } from '../text/text-lines.ts'
import { StepBars } from '../waterfall/step-bars.tsx'
import { timeText } from '../waterfall/time-text.ts'
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

/** Deeper levels are indented no further: their number says how deep they are. */
const INDENTED = 12

export function rowId(at: number): string {
  return `step-${at}`
}

/** A line of the outline. */
export function OutlineRow({ row, at, offset, height, selected, control, axis, details }: RowProps) {
  const place = { transform: `translateY(${offset}px)`, height }
  if (row.kind === 'more')
    return (
      <div
        id={rowId(at)}
        className="row row-more"
        role="treeitem"
        aria-selected={false}
        aria-level={levelOf(row.parent, control) + 1}
        style={place}
      >
        <Indent levels={levelOf(row.parent, control)} />
        <button type="button" className="more" tabIndex={-1} onClick={() => control.extend(row.parent)}>
          + {count(row.hidden)} more
        </button>
      </div>
    )
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

function Fold({ step, closed, toggle }: { step: Step; closed: boolean; toggle: () => void }) {
  if (step.children === 0) return <span className="fold" />
  return (
    <button
      type="button"
      className={closed ? 'fold fold-closed' : 'fold'}
      tabIndex={-1}
      aria-hidden="true"
      onClick={(event) => {
        event.stopPropagation()
        toggle()
      }}
    />
  )
}

/** What a step hides, and what is wrong with it, in a few letters. */
function Marks({ step, closed }: { step: Step; closed: boolean }) {
  const hidden = step.end - step.index - 1
  const failures = step.failures - (step.failed ? 1 : 0)
  return (
    <>
      {closed && <span className="mark">+ {count(hidden)}</span>}
      {closed && failures > 0 && <span className="mark mark-failed">{count(failures)} failed</span>}
      {step.crashedIn !== null && <span className="mark mark-crashed">crashed</span>}
      {step.crashedIn === null && step.failed && <span className="mark mark-failed">{step.status}</span>}
      {step.stale && <span className="mark mark-stale">stale</span>}
      {step.running && <span className="mark mark-running">running</span>}
      {step.clockSkew && (
        <span className="mark" title="It starts before the job that triggered it: clocks disagree">
          skew
        </span>
      )}
      {step.cycle && (
        <span className="mark mark-stale" title="It is its own descendant">
          cycle
        </span>
      )}
      {step.more !== null && <span className="mark">{moreText(step.more)}</span>}
    </>
  )
}

function Indent({ levels }: { levels: number }) {
  return (
    <span className="indent" style={{ width: `${Math.min(levels, INDENTED) * 12}px` }}>
      {levels > INDENTED && <span className="indent-level">{levels}</span>}
    </span>
  )
}

function levelOf(step: Step, { top }: Control): number {
  return step.depth - top.depth + 1
}

/** What colours and bars show, in words. */
function toldOf(step: Step, axis: TimeAxis | null): string {
  return axis === null ? stateText(step) : `${stateText(step)}, ${timeText(step, axis.now)}`
}
