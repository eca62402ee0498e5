import { count } from '../../format/numbers.ts'
import type { Control } from '../control/use-control.ts'
import type { Step } from '../model/step.ts'
import { toneOf } from '../model/tone.ts'

/** How many siblings or children are listed. */
const LISTED = 6

/** What stands around a step in the tree, each to be selected. */
export function Around({ control }: { control: Control }) {
  const { selected: step, steps, select } = control
  const parent = steps[step.parent]
  const children = childrenOf(steps, step)
  const siblings = parent === undefined ? [] : childrenOf(steps, parent).filter((each) => each !== step)
  return (
    <>
      {parent && <Steps title={step.kind === 'job' ? 'Ran in' : 'Triggered by'} steps={[parent]} select={select} />}
      <Steps title="Beside it" steps={siblings} select={select} />
      <Steps title={step.kind === 'job' ? 'Triggered' : 'Ran'} steps={children} select={select} />
    </>
  )
}

function Steps({ title, steps, select }: { title: string; steps: readonly Step[]; select: (step: Step) => void }) {
  if (steps.length === 0) return null
  const worstFirst = steps.toSorted((a, b) => Number(b.failed) - Number(a.failed))
  return (
    <section>
      <h3>{title}</h3>
      <ul className="steps">
        {worstFirst.slice(0, LISTED).map((step) => (
          <li key={step.id}>
            <button type="button" className="step-link" onClick={() => select(step)}>
              <span className={`kind kind-${step.kind} tone-${toneOf(step)}`} aria-hidden="true" />
              <span className="row-title">{step.name}</span>
              {step.failed && step.crashedIn === null && <span className="mark mark-failed">{step.status}</span>}
              {step.crashedIn !== null && <span className="mark mark-crashed">crashed</span>}
            </button>
          </li>
        ))}
      </ul>
      {steps.length > LISTED && <p className="hint">and {count(steps.length - LISTED)} more</p>}
    </section>
  )
}

/** The steps directly below one, without a look at what is below them. */
function childrenOf(steps: readonly Step[], { index, end }: Step): Step[] {
  const children: Step[] = []
  for (let child = steps[index + 1]; child !== undefined && child.index < end; child = steps[child.end])
    children.push(child)
  return children
}
