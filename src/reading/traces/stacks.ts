import type { Queryable } from '../../db/db.ts'
import { personalOf } from '../../domain/privacy/personal.ts'
import type { Redaction } from '../../domain/privacy/redaction.ts'
import type { Span, SpanKind } from '../../domain/trace/span.ts'
import { personalOfEvents, personalOfInvocations, personalOfJobs } from '../../queries/personal.ts'

/** Spans of a trace whose stacks are read: each may be of 64 KB. */
const MOST_STACKS = 100

const sources = {
  invocation: personalOfInvocations,
  event: personalOfEvents,
  job: personalOfJobs,
} satisfies Record<SpanKind, unknown>

/** Adds their stacks, masked, to the first 100 spans that failed; the others say that they have none. For whoever may see them. */
export async function addStacks(
  db: Queryable,
  spans: readonly Span[],
  redactions: readonly Redaction[],
): Promise<void> {
  const failed = spans.filter(({ exception }) => exception !== null)
  const first = failed.slice(0, MOST_STACKS)
  for (const { warnings } of failed.slice(MOST_STACKS))
    warnings.push(`The stacks of the first ${MOST_STACKS} failed spans are read, and not this one's.`)
  for (const kind of Object.keys(sources) as SpanKind[]) {
    const own = first.filter(({ row }) => row.kind === kind)
    const ids = own.map(({ row }) => row.id)
    const { of } = personalOf(await sources[kind](db, ids, ['errorStack']), redactions)
    for (const { row, exception } of own) {
      const { errorStack } = of(row.id)
      if (exception !== null && typeof errorStack === 'string') exception.stack = errorStack
    }
  }
}
