import type { components } from '../../client/client.ts'
import { Status } from '../components/status.tsx'
import { count, counted, duration, percent } from '../format/numbers.ts'
import { withMoments } from '../format/time.ts'
import { useZone } from '../preferences/preferences.ts'
import { ViewHead } from '../shell/view-head.tsx'
import type { AskedTree, Levels } from './ask/tree.ts'
import type { Control } from './control/use-control.ts'
import { CutNote } from './cut-note.tsx'
import type { Step } from './model/step.ts'

interface SummaryProps {
  asked: AskedTree
  root: Step
  control: Control
  path: components['schemas']['CriticalPath'] | undefined
  failures: components['schemas']['TreeFailures'] | undefined
  loadLevels: (levels: Levels) => void
}

/** What a tree is, in a line or two: its figures, what failed first, what took the time, and what is not known of it. */
export function Summary({ asked: { tree, fromRoot }, root, control, path, failures, loadLevels }: SummaryProps) {
  const { summary, truncated } = tree
  const zone = useZone()
  const [first] = failures?.rootCauses.data ?? []
  const show = (id: string): void => {
    const step = control.steps.find((each) => each.id === id)
    if (step) control.select(step)
  }
  return (
    <div className="summary">
      <ViewHead title={root.name} asOf={tree.asOf}>
        <Status status={root.status} stale={root.stale} crashed={root.crashedIn !== null} />
        <Figures summary={summary} added={control.rest.added} path={path} failed={control.failures.length} />
      </ViewHead>
      {first && failures && (
        <p className="verdict">
          {withMoments(failures.verdict, zone)}{' '}
          <button type="button" className="button-link" onClick={() => show(first.id)}>
            Show it
          </button>
        </p>
      )}
      {!fromRoot && (
        <p className="note">
          The whole tree is too large to hold this step, so what is below the step is shown. Its root is {tree.rootId}.
        </p>
      )}
      {tree.rootLink !== 'none' && tree.rootLink !== 'unknown' && tree.rootLink !== 'recorded' && (
        <p className="note">
          The rows name a job above the root, but the link is lost ({tree.rootLink}): what is above it is not shown.
        </p>
      )}
      {truncated && <CutNote truncated={truncated} rest={control.rest} loadLevels={loadLevels} />}
    </div>
  )
}

function Figures({
  summary: { invocations, jobs, stale, running, durationMs },
  added,
  path,
  failed,
}: {
  summary: components['schemas']['TreeFigures']
  /** Invocations that were read later. */
  added: number
  path: components['schemas']['CriticalPath'] | undefined
  failed: number
}) {
  return (
    <p className="figures">
      <span>{duration(durationMs ?? path?.durationMs)}</span>
      <span>{counted(invocations + added, 'invocation')}</span>
      {added === 0 && <span>{counted(jobs, 'job')}</span>}
      {failed > 0 && <span className="status-failed">{count(failed)} failed</span>}
      {running > 0 && <span className="status-running">{count(running)} running</span>}
      {stale > 0 && <span className="status-stale">{count(stale)} stale</span>}
      {path !== undefined && path.durationMs > 0 && (
        <span title="Of the time that decided when the tree ended">
          <span className="critical-sample" aria-hidden="true" /> critical path:{' '}
          {percent(path.workingMs / path.durationMs)} working, {percent(path.waitingMs / path.durationMs)} waiting
        </span>
      )}
    </p>
  )
}
