import type { Snapshot } from '../../db/db.ts'
import { clockAt, type RowRules } from '../../domain/liveness.ts'
import { event } from '../../domain/model/event.ts'
import { invocation } from '../../domain/model/invocation.ts'
import { job } from '../../domain/model/job.ts'
import type { MessageView } from '../../domain/privacy/error-message.ts'
import type { PersonalField } from '../../domain/privacy/personal-field.ts'
import { personalOf } from '../../domain/privacy/personal.ts'
import type { Redaction } from '../../domain/privacy/redaction.ts'
import { triggeredByJob, triggeredCount } from '../../queries/details.ts'
import { eventById } from '../../queries/events.ts'
import { invocationById } from '../../queries/invocations.ts'
import { jobById } from '../../queries/jobs.ts'
import { personalOfJob } from '../../queries/personal.ts'
import { stateOf } from '../row-state.ts'
import { parentOf } from './parent.ts'
import { SHOWN } from './shown.ts'

/** A job with what is around it: its invocation, its event (null where that is gone), and the first of what it triggered. */
export type JobDetail = NonNullable<Awaited<ReturnType<typeof readJob>>>['detail']

/** Reads a job with what is around it, and a text that is the same for as long as all that is. Undefined if there is none of this id. */
export async function readJob(db: Snapshot, id: string, messages: MessageView, rules: RowRules) {
  const clock = clockAt(db.asOf, rules)
  const way = rules.linkWay
  const [row] = await jobById(db, id, way)
  const [parentRow] = row ? await invocationById(db, row.invocationId, way) : []
  if (!row || !parentRow) return undefined
  const [cause] = await eventById(db, row.eventExecutionId, way)
  const triggered = await triggeredByJob(db, id, SHOWN, way)
  const parent = parentOf(parentRow, messages, clock)
  const count = await triggeredCount(db, id, way)
  const detail = {
    asOf: clock.asOf,
    ...job(row, messages, clock),
    invocation: parent,
    event: cause ? event(cause, messages, clock) : null,
    triggered: { count, data: triggered.map((each) => invocation(each, messages, clock)) },
  }
  // What of the job and its event is stale follows from their invocation.
  const derived = [parent.stale, detail.triggered.data.map((each) => each.stale)]
  return {
    detail,
    state: `${count} ${JSON.stringify(derived)}${stateOf([row, parentRow, ...(cause ? [cause] : []), ...triggered])}`,
  }
}

/** The same with these fields of its personal data, masked; `redacted` are the paths that masked something. */
export async function addPersonalOfJob(
  db: Snapshot,
  detail: JobDetail,
  fields: readonly PersonalField[],
  redactions: readonly Redaction[],
) {
  const { of, redacted } = personalOf(await personalOfJob(db, detail.id, fields), redactions)
  return { ...detail, ...of(detail.id), redacted }
}
