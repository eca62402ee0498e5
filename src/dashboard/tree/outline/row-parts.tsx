import { count } from '../../format/numbers.ts'
import type { Step } from '../model/step.ts'
import { moreText } from '../text/text-lines.ts'

/** Deeper levels are indented no further: their number says how deep they are. */
const INDENTED = 9

/** Folds a step, or unfolds it; arrows do the same. */
export function Fold({ step, closed, toggle }: { step: Step; closed: boolean; toggle: () => void }) {
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
export function Marks({ step, closed }: { step: Step; closed: boolean }) {
  const hidden = step.end - step.index - 1
  const failures = step.failures - (step.failed ? 1 : 0)
  // The colour of the name tells that it failed too; there is no room for both.
  const own = !closed || failures === 0
  return (
    <>
      {closed && <span className="mark">+ {count(hidden)}</span>}
      {closed && failures > 0 && <span className="mark mark-failed">{count(failures)} failed</span>}
      {own && step.crashedIn !== null && <span className="mark mark-crashed">crashed</span>}
      {own && step.crashedIn === null && step.failed && <span className="mark mark-failed">{step.status}</span>}
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

/** How deep a row stands. */
export function Indent({ levels }: { levels: number }) {
  return (
    <span className="indent" style={{ width: `${Math.min(levels, INDENTED) * 12}px` }}>
      {levels > INDENTED && <span className="indent-level">{levels}</span>}
    </span>
  )
}
