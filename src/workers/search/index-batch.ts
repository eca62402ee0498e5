import type { Session, Writer } from '../../db/db.ts'
import { nextBatchSize } from '../../domain/link/batch-size.ts'
import { hashOf } from '../../domain/search/personal-keys.ts'
import type { SearchSettings } from '../../domain/search/settings.ts'
import type { Position } from '../../queries/recovery/kept.ts'
import type { Lease } from '../../queries/recovery/lease.ts'
import { keepIndexRows, type IndexRow } from '../../queries/search/index-keep.ts'
import { lookForNames, type NamedByPayload, type Stretch } from '../../queries/search/index-look.ts'
import { underLease } from '../lease.ts'

/** Indexes the next invocations of a stretch in one transaction, in which `note` may write how far that came (null: to the end of the stretch). Resolves to how many they were, and how far it came. */
export type IndexBatch = (
  writer: Writer,
  lease: Lease,
  stretch: Stretch,
  note?: (session: Session, end: Position | null) => Promise<void>,
) => Promise<{ rows: number; end: Position | null }>

const FIRST = 200
const MOST = 2000
/** A batch may meet payloads of 700 KB; ms. Nothing in it waits for the writer. */
const TIMEOUTS = { statementTimeout: 30_000, lockTimeout: 1000 }

/** Makes what indexes by these settings, in batches of about 50 ms. */
export function indexing(settings: SearchSettings): IndexBatch {
  const paths = { records: settings.recordPaths, personal: settings.personal?.paths ?? [] }
  let size = FIRST
  return async (writer, lease, stretch, note) => {
    const asked = size
    // Where this one fails the next one is smaller: 2,000 payloads of 5 MB do not end in time.
    size = Math.ceil(asked / 4)
    const began = performance.now()
    const { rows, end } = await underLease(
      writer,
      lease,
      async (session) => {
        const look = await lookForNames(session, paths, stretch, asked)
        await keepIndexRows(
          session,
          look.rows.map(({ invocationId }) => invocationId),
          look.rows.flatMap((named) => indexRows(named, settings)),
        )
        await note?.(session, look.end)
        return look
      },
      TIMEOUTS,
    )
    size = rows.length > 0 ? nextBatchSize(rows.length, performance.now() - began, MOST) : asked
    return { rows: rows.length, end }
  }
}

/** What is kept of it: of personal keys nothing but their hashes. */
function indexRows(
  { invocationId, createdAt, records, personal }: NamedByPayload,
  { personal: keys }: SearchSettings,
): IndexRow[] {
  const row = (kind: IndexRow['kind'], place: string, value: string): IndexRow => ({
    kind,
    value,
    place,
    createdAt,
    invocationId,
  })
  return [
    ...records.map(([place, value]) => row('record', place, value)),
    ...(keys ? personal.map(([place, value]) => row('personal', place, hashOf(value, keys))) : []),
  ]
}
