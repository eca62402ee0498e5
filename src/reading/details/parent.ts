import type { Clock } from '../../domain/liveness.ts'
import { invocation, type InvocationRow } from '../../domain/model/invocation.ts'
import type { MessageView } from '../../domain/privacy/error-message.ts'

/** The invocation of an event or a job, as the detail of either shows it. */
export function parentOf(row: InvocationRow, messages: MessageView, clock: Clock) {
  const { id, sourceFunction, status, stale, crashed, crash, createdAt } = invocation(row, messages, clock)
  return { id, sourceFunction, status, stale, crashed, crash, createdAt }
}
