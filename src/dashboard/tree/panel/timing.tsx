import { Moment } from '../../components/moment.tsx'
import { duration, percent } from '../../format/numbers.ts'
import type { Control } from '../control/use-control.ts'
import type { CriticalParts, PathPart } from '../model/critical-path.ts'
import { timeText } from '../waterfall/time-text.ts'
import { Fact } from './fact.tsx'

/** When a step waited and worked, counted from the start of what is shown. */
export function Timing({
  control: { selected: step, top, steps },
  critical,
  now,
}: {
  control: Control
  critical: CriticalParts
  now: number
}) {
  const root = steps[0] ?? top
  const parts = critical.get(step.id) ?? []
  const share = parts.reduce((sum, part) => sum + part.share, 0)
  const waited = step.waitsFromMs === null || step.startMs === null ? null : step.startMs - step.waitsFromMs
  return (
    <dl className="details">
      {step.startMs !== null && (
        <Fact name="Started">
          <Moment at={new Date(step.startMs).toISOString()} />
          {root.startMs !== null && step !== root && (
            <span className="muted"> · {duration(step.startMs - root.startMs)} after the root</span>
          )}
        </Fact>
      )}
      {waited !== null && <Fact name="Waited">{duration(waited)} before it started</Fact>}
      <Fact name={step.running ? 'Runs for' : 'Took'}>
        {timeText(step, now)}
        {step.stale && <span className="muted"> · it says that it runs, and gives no sign of life</span>}
      </Fact>
      {parts.length > 0 && (
        <Fact name="Critical path">
          {percent(share)} of it: {sumsOf(parts)}
        </Fact>
      )}
      {step.clockSkew && (
        <Fact name="Clocks">It starts before the job that triggered it: clocks of two hosts disagree</Fact>
      )}
    </dl>
  )
}

/** How much of the critical path a step works and waits: `working 380 ms, waiting 20 ms`. */
function sumsOf(parts: readonly PathPart[]): string {
  return (['working', 'waiting'] as const)
    .map((kind) => ({ kind, of: parts.filter((part) => part.kind === kind) }))
    .filter(({ of }) => of.length > 0)
    .map(({ kind, of }) => `${kind} ${duration(of.reduce((sum, { from, to }) => sum + to - from, 0))}`)
    .join(', ')
}
