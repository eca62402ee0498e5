import { shownMessage, type MessageView } from '../privacy/error-message.ts'

/** The event of an invocation whose handler or detection threw first, as the queries read it. */
export interface CrashRow {
  eventId: string
  eventName: string
  message: string | null
  /** The transaction that wrote the event's row last, and when (xmin, updated_at). */
  version: string
}

/** What crashed in an invocation first. */
export type Crash = Omit<CrashRow, 'version'>

/** Whether an invocation crashed, and in which event: the writer completes one whose handler threw, and only the event says so. */
export function crashOf(row: CrashRow | null, messages: MessageView): { crashed: boolean; crash: Crash | null } {
  if (row === null) return { crashed: false, crash: null }
  const { eventId, eventName, message } = row
  return { crashed: true, crash: { eventId, eventName, message: shownMessage(message, messages) } }
}
