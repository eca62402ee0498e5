import { useState } from 'react'
import { baseUrl } from '../../ask/client.ts'
import { enteredKey } from '../../ask/key.ts'
import { Answered } from '../../components/answered.tsx'
import { Status } from '../../components/status.tsx'
import { useDetail, type Detail } from '../ask/detail.ts'
import type { Control } from '../control/use-control.ts'
import type { CriticalParts } from '../model/critical-path.ts'
import { moreText } from '../text/text-lines.ts'
import { Around } from './around.tsx'
import { Copy } from './copy.tsx'
import { curlOf } from './curl.ts'
import { Facts } from './facts.tsx'
import { Personal } from './personal.tsx'
import { Timing } from './timing.tsx'

interface PanelProps {
  control: Control
  critical: CriticalParts
  now: number
  close: () => void
}

/** All about the selected step. */
export function StepPanel({ control, critical, now, close }: PanelProps) {
  const { selected: step } = control
  const [personal, setPersonal] = useState(false)
  const detail = useDetail(step, personal)
  const path = step.kind === 'job' ? '/jobs/{id}' : '/invocations/{id}'
  return (
    <aside className="step-panel" aria-label="Details of the selected step">
      <header className="step-panel-head">
        <p className="muted">{step.kind === 'job' ? 'Job' : 'Invocation of'}</p>
        <button type="button" className="button button-quiet step-panel-close" onClick={close}>
          Close
        </button>
        <h2>{step.name}</h2>
        <Status status={step.status} stale={step.stale} crashed={step.crashedIn !== null} />
      </header>
      {step.message !== null && (
        <section className="step-error" aria-label="Error">
          {step.crashedIn !== null && <p className="hint">Crashed in {step.crashedIn}</p>}
          <pre tabIndex={0}>{step.message}</pre>
        </section>
      )}
      <Timing control={control} critical={critical} now={now} />
      <div className="actions">
        <Copy text={() => step.id}>Copy id</Copy>
        <Copy text={() => curlOf(baseUrl, path, step.id, enteredKey() !== null)}>Copy as curl</Copy>
        {step.children > 0 && step !== control.top && (
          <button type="button" className="button" onClick={() => control.zoomTo(step)}>
            Zoom to it
          </button>
        )}
        {step.more?.invocations !== undefined && (
          <button
            type="button"
            className="button"
            disabled={control.rest.reading !== null}
            onClick={() => control.rest.read(step)}
          >
            {control.rest.reading === step.id ? 'Reading…' : `Read ${moreText(step.more)}`}
          </button>
        )}
      </div>
      <Around control={control} />
      <Answered of={detail} rows={5}>
        {(answer) => (
          <>
            <Facts detail={answer} />
            <PersonalPart detail={answer} asked={personal} ask={() => setPersonal(true)} />
          </>
        )}
      </Answered>
    </aside>
  )
}

/** Asked for on demand: who reads payloads is logged. */
function PersonalPart({ detail, asked, ask }: { detail: Detail; asked: boolean; ask: () => void }) {
  const { redacted } = detail.of
  if (!asked && redacted.length > 0)
    return (
      <p className="hint">
        What the event changed, the stack and the payload are for keys with the scope <code>read:payload</code>.
      </p>
    )
  if (!asked)
    return (
      <button type="button" className="button" onClick={ask}>
        Show what is personal: {detail.kind === 'job' ? 'options, result and stack' : 'change, payload and stack'}
      </button>
    )
  return (
    <>
      <Personal detail={detail} />
      {redacted.length > 0 && <p className="hint">Masked by this service: {redacted.join(', ')}.</p>}
    </>
  )
}
