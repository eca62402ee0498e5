import type { Snapshot } from '../../db/db.ts'
import type { FailureRow } from '../../domain/analysis/failures.ts'
import { compareInstants, instant } from '../../domain/instant.ts'
import type { MessageView } from '../../domain/privacy/error-message.ts'
import { failureRows } from '../../queries/analysis/failures.ts'
import { planEachWindow, startOfNewest } from '../../queries/analysis/within.ts'
import { groupOf, late, noHit, seenMessage, type SearchHit } from './hit.ts'
import type { Asking, Part } from './part.ts'

/** Failures are looked at as far back as the newest so many invocations reach, and of these the newest so many. */
const TRIES = [
  { invocations: 100_000, time: 900 },
  { invocations: 10_000, time: 500 },
]
const MOST_FAILURES = 20_000

/** Looks for a text in the messages of failures, as the caller is shown them: without the scope that shows them whole, also without what may be an e-mail address. */
export async function findErrors({ attempts, question, messages }: Asking): Promise<Part> {
  for (const { invocations, time } of TRIES) {
    const looked = await attempts.within(time, (snapshot) => newestFailures(snapshot, invocations))
    if (!looked) continue
    const hits = looked.rows.flatMap((row) => hitOf(row, question.text.toLowerCase(), messages))
    return {
      data: groupOf(
        'error',
        hits.toSorted((a, b) => ((a.at ?? '') < (b.at ?? '') ? 1 : -1)),
      ),
      notSearched:
        looked.since === null
          ? []
          : [{ match: 'error', why: 'only the newest failures are looked at', since: instant(looked.since) }],
    }
  }
  return late('error')
}

/** `since`: only those since then were read, as Postgres text. */
async function newestFailures(
  snapshot: Snapshot,
  invocations: number,
): Promise<{ rows: FailureRow[]; since: string | null }> {
  await planEachWindow(snapshot)
  const all = { from: '-infinity', to: 'infinity' }
  const start = await startOfNewest(snapshot, 'invocations', all, invocations)
  const from = start === null ? all.from : instant(start)
  const rows = await failureRows(snapshot, { from, to: all.to }, MOST_FAILURES)
  const counted = rows.reduce((sum, { count }) => sum + count, 0)
  const oldest = rows.map(({ firstSeen }) => firstSeen).toSorted(compareTexts)[0]
  return { rows, since: counted < MOST_FAILURES ? start : (oldest ?? null) }
}

function compareTexts(a: string, b: string): number {
  return compareInstants(instant(a), instant(b))
}

function hitOf({ message, newest, kind, name, count }: FailureRow, wanted: string, messages: MessageView): SearchHit[] {
  const shown = seenMessage(message, messages)
  if (shown === null || !shown.toLowerCase().includes(wanted)) return []
  const [id = '', invocationId = '', ...at] = (newest[0] ?? '').split(' ')
  const what = kind === 'function' ? 'invocation' : kind
  return [{ ...noHit, kind: what, id, invocationId, name, at: instant(at.join(' ')), errorMessage: shown, count }]
}
