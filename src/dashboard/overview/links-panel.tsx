import { Link } from '@tanstack/react-router'
import type { components } from '../../client/client.ts'
import { Empty } from '../components/answered.tsx'
import { Ago } from '../components/moment.tsx'
import { Panel } from '../components/panel.tsx'
import { count, percent } from '../format/numbers.ts'

type KnownLinks = components['schemas']['KnownLinks']

const parts = [
  ['recorded', 'ok', 'written by the writer'],
  ['recovered', 'running', 'lost by the writer, and found by this service'],
  ['recoverable', 'stale', 'lost, and a look into payloads would find them'],
  ['severed', 'failed', 'their job is gone, or never came'],
  ['unknown', 'neutral', 'their job may still come, or ended long before'],
] as const

/** How many links are known, and what became of the others. */
export function LinksPanel({ links, asOf }: { links: KnownLinks | null | undefined; asOf: string | undefined }) {
  if (links === undefined || asOf === undefined) return null
  return (
    <Panel title="Links between jobs" aside={<Link to="/links">Lost links</Link>}>
      {links === null || links.known === null ? (
        <Empty title="No links are known">Nobody could look at them, or no job triggered anything.</Empty>
      ) : (
        <>
          <p className="known">
            <strong>{percent(links.known)}</strong> <span className="muted">of the links are known</span>
          </p>
          <dl className="facts">
            {parts.map(([name, tone, what]) => (
              <div key={name} title={what}>
                <dt className={`status status-${tone}`}>{name}</dt>
                <dd className="number">{count(links[name])}</dd>
              </div>
            ))}
          </dl>
          <p className="hint">
            Counted <Ago at={links.lookedAt} asOf={asOf} />, of the last 24 hours.
          </p>
        </>
      )}
    </Panel>
  )
}
