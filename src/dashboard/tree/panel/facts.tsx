import { Link } from '@tanstack/react-router'
import type { components } from '../../../client/client.ts'
import { Status } from '../../components/status.tsx'
import type { Detail } from '../ask/detail.ts'
import { Fact } from './fact.tsx'

type Schemas = components['schemas']

/** What is known of the job that triggered an invocation, in words. */
const links: Record<Schemas['Link'], string> = {
  recorded: 'recorded by the writer',
  recovered: 'was lost, and put back from the payload',
  recoverable: 'not recorded; the payload names the job',
  ambiguous: 'the payload names a job that had ended long before the event',
  pending: 'the row of the job that it names may still arrive',
  severed: 'lost: the job that it names is gone, or never came',
  none: 'nothing in the rows names a parent',
  unknown: 'nobody has looked into the payload',
}

/** What stands in the rows of a step. */
export function Facts({ detail }: { detail: Detail }) {
  return (
    <section>
      <h3>Recorded</h3>
      <dl className="details">{detail.kind === 'job' ? <OfJob of={detail.of} /> : <OfInvocation of={detail.of} />}</dl>
      {detail.kind === 'invocation' && <Events events={detail.of.events.data.filter((event) => event.detected)} />}
    </section>
  )
}

function OfInvocation({ of }: { of: Schemas['InvocationDetail'] }) {
  return (
    <>
      {of.sourceTable !== null && (
        <Fact name="Event">
          {of.sourceOperation} on <code>{of.sourceTable}</code>
        </Fact>
      )}
      <Fact name="Link">{links[of.link]}</Fact>
      {of.sourceSystem !== null && <Fact name="System">{of.sourceSystem}</Fact>}
      {of.correlationId !== null && <Correlation id={of.correlationId} />}
      {of.telemetryLoss !== undefined && (
        <Fact name="Lost rows">
          the writer counted {of.telemetryLoss.expectedJobs ?? 'an unknown number of'} jobs, and{' '}
          {of.telemetryLoss.recordedJobs} are recorded
        </Fact>
      )}
      <Fact name="Id">
        <code>{of.id}</code>
      </Fact>
    </>
  )
}

function OfJob({ of }: { of: Schemas['JobDetail'] }) {
  return (
    <>
      {of.functionName !== null && of.functionName !== of.name && <Fact name="Function">{of.functionName}</Fact>}
      {of.event && (
        <Fact name="Event">
          {of.event.name} <Status status={of.event.status} stale={of.event.stale} />
        </Fact>
      )}
      {of.correlationId !== null && <Correlation id={of.correlationId} />}
      <Fact name="Id">
        <code>{of.id}</code>
      </Fact>
    </>
  )
}

/** Other trees may share the id. */
function Correlation({ id }: { id: string }) {
  return (
    <Fact name="Correlation">
      <Link to="/correlations/$correlationId" params={{ correlationId: id }} title="All trees with this id">
        <code>{id}</code>
      </Link>
    </Fact>
  )
}

function Events({ events }: { events: readonly Schemas['InvocationEvent'][] }) {
  if (events.length === 0) return null
  return (
    <ul className="steps">
      {events.map((event) => (
        <li key={event.id} className="event">
          <span className="row-title">{event.name}</span> <Status status={event.status} stale={event.stale} />
          {event.errorMessage !== null && <p className="hint">{event.errorMessage}</p>}
        </li>
      ))}
    </ul>
  )
}
