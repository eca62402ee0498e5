import type { Snapshot } from '../../db/db.ts'
import { clockAt, type RowRules } from '../../domain/liveness.ts'
import { event } from '../../domain/model/event.ts'
import { job } from '../../domain/model/job.ts'
import type { MessageView } from '../../domain/privacy/error-message.ts'
import type { PersonalField } from '../../domain/privacy/personal-field.ts'
import { personalOf } from '../../domain/privacy/personal.ts'
import type { Redaction } from '../../domain/privacy/redaction.ts'
import { telemetryLoss } from '../../domain/telemetry-loss.ts'
import { jobCountOfEvent, jobsOfEvent } from '../../queries/details.ts'
import { eventById } from '../../queries/events.ts'
import { invocationById } from '../../queries/invocations.ts'
import { personalOfEvent } from '../../queries/personal.ts'
import { stateOf } from '../row-state.ts'
import { parentOf } from './parent.ts'
import { SHOWN } from './shown.ts'

/** An event with what is around it: its invocation, and the jobs that its handler ran, the first ones and how many there are. */
export type EventDetail = NonNullable<Awaited<ReturnType<typeof readEvent>>>['detail']

/** Reads an event with what is around it, and a text that is the same for as long as all that is. Undefined if there is none of this id. */
export async function readEvent(db: Snapshot, id: string, messages: MessageView, rules: RowRules) {
  const clock = clockAt(db.asOf, rules)
  const [row] = await eventById(db, id, rules.linkWay)
  const [parentRow] = row ? await invocationById(db, row.invocationId, rules.linkWay) : []
  if (!row || !parentRow) return undefined
  const count = await jobCountOfEvent(db, id)
  const jobs = await jobsOfEvent(db, id, SHOWN, rules.linkWay)
  const parent = parentOf(parentRow, messages, clock)
  const own = event(row, messages, clock)
  const loss = telemetryLoss(own, row.jobsRun, count)
  const detail = {
    asOf: clock.asOf,
    ...own,
    ...(loss ? { telemetryLoss: loss } : {}),
    invocation: parent,
    jobs: { ...own.jobs, count, data: jobs.map((each) => job(each, messages, clock)) },
  }
  // What of the event and its jobs is stale follows from their invocation.
  return { detail, state: `${count} ${parent.stale}${stateOf([row, parentRow, ...jobs])}` }
}

/** The same with these fields of its personal data, masked; `redacted` are the paths that masked something. */
export async function addPersonalOfEvent(
  db: Snapshot,
  detail: EventDetail,
  fields: readonly PersonalField[],
  redactions: readonly Redaction[],
) {
  const { of, redacted } = personalOf(await personalOfEvent(db, detail.id, fields), redactions)
  return { ...detail, ...of(detail.id), redacted }
}
