import type { Snapshot } from '../../db/db.ts'
import { lastEnd } from '../../domain/ends.ts'
import { clockAt, type RowRules } from '../../domain/liveness.ts'
import { event } from '../../domain/model/event.ts'
import { invocation } from '../../domain/model/invocation.ts'
import { job } from '../../domain/model/job.ts'
import { triggering } from '../../domain/model/link.ts'
import type { MessageView } from '../../domain/privacy/error-message.ts'
import type { PersonalField } from '../../domain/privacy/personal-field.ts'
import { personalOf, type Shown } from '../../domain/privacy/personal.ts'
import type { Redaction } from '../../domain/privacy/redaction.ts'
import { telemetryLoss } from '../../domain/telemetry-loss.ts'
import { countsOf, eventsOf, jobsOf, triggeredByInvocation, triggeringOf } from '../../queries/details.ts'
import { invocationWithLink } from '../../queries/invocations.ts'
import { personalOfEvents, personalOfInvocation, personalOfJobs } from '../../queries/personal.ts'
import type { LinkReader } from '../links/link.ts'
import { stateOf } from '../row-state.ts'
import { SHOWN } from './shown.ts'

/** An invocation with what is around it: what triggered it, its events and jobs, what these triggered. Of each list the first ones, and how many there are. */
export type InvocationDetail = NonNullable<Awaited<ReturnType<typeof readInvocation>>>['detail']

/** Reads an invocation with what is around it, and a text that is the same for as long as all that is. Undefined if there is none of this id. */
export async function readInvocation(
  db: Snapshot,
  linkReader: LinkReader,
  id: string,
  messages: MessageView,
  rules: RowRules,
) {
  const clock = clockAt(db.asOf, rules)
  const way = rules.linkWay
  const [row] = await invocationWithLink(db, id, await linkReader.paths(db), way)
  if (!row) return undefined
  const link = await linkReader.linkOf(db, id, row.linkFacts, way)
  const [by] = await triggeringOf(db, id, way)
  const counts = await countsOf(db, id, way)
  const events = await eventsOf(db, id, SHOWN, way)
  const jobs = await jobsOf(db, id, SHOWN, way)
  const triggered = await triggeredByInvocation(db, id, SHOWN, way)
  const ownJobs = jobs.map((each) => job(each, messages, clock))
  const own = invocation(row, messages, clock, lastEnd(ownJobs))
  const loss = telemetryLoss(own, row.jobsRun, counts.jobs)
  const triggeredBy = by ? triggering(by, clock) : null
  const detail = {
    asOf: clock.asOf,
    ...own,
    ...link,
    ...(loss ? { telemetryLoss: loss } : {}),
    triggeredBy,
    events: {
      count: counts.events,
      detected: counts.detected,
      data: events.map((each) => event(each, messages, clock)),
    },
    jobs: { ...own.jobs, count: counts.jobs, data: ownJobs },
    triggered: { count: counts.triggered, data: triggered.map((each) => invocation(each, messages, clock)) },
  }
  // What of its events and jobs is stale follows from itself.
  const derived = [own.stale, detail.triggered.data.map(({ stale }) => stale)]
  return {
    detail,
    state: JSON.stringify([link, triggeredBy, counts, derived]) + stateOf([row, ...events, ...jobs, ...triggered]),
  }
}

/** The same with these fields of its personal data, and of that of its events and jobs, masked; `redacted` are the paths that masked something. */
export async function addPersonalOfInvocation(
  db: Snapshot,
  detail: InvocationDetail,
  fields: readonly PersonalField[],
  redactions: readonly Redaction[],
) {
  const { events, jobs } = detail
  const { of, redacted } = personalOf(
    [
      ...(await personalOfInvocation(db, detail.id, fields)),
      ...(await personalOfEvents(
        db,
        events.data.map(({ id }) => id),
        fields,
      )),
      ...(await personalOfJobs(
        db,
        jobs.data.map(({ id }) => id),
        fields,
      )),
    ],
    redactions,
  )
  const complete = <T extends { id: string }>(row: T): T & Shown => ({ ...row, ...of(row.id) })
  return {
    ...complete(detail),
    redacted,
    events: { ...events, data: events.data.map(complete) },
    jobs: { ...jobs, data: jobs.data.map(complete) },
  }
}
