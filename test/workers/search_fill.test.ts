import assert from 'node:assert/strict'
import test from 'node:test'
import { sql } from '../../src/db/sql.ts'
import { openWriter } from '../../src/db/writer.ts'
import type { Position } from '../../src/queries/recovery/kept.ts'
import type { Stretch } from '../../src/queries/search/index-look.ts'
import { forgetReach } from '../../src/queries/search/reach.ts'
import { LINKS, takeLease, underLease } from '../../src/workers/lease.ts'
import { createFilling } from '../../src/workers/search/fill.ts'
import type { IndexBatch } from '../../src/workers/search/index-batch.ts'
import { database } from '../support/database.ts'
import { onTeardown } from '../support/teardown.ts'

test('the index grows up to a minute ago, and backwards from where it ends, though another process began it again', async (t) => {
  const { url } = await database(t)
  const writer = await openWriter({ connection: { connectionString: url }, name: 'search' })
  onTeardown(t, () => writer.end())
  const lease = await takeLease(writer, LINKS, 'test')
  assert.ok(lease)
  const asked: Stretch[] = []
  /** Each batch ends an hour before its stretch, or where it went on. */
  const index: IndexBatch = async (_writer, _lease, stretch, note) => {
    asked.push(stretch)
    if (stretch.order === 'oldest first') return { rows: 0, end: null }
    const [end] = await writer.query<Position>(
      sql`select (${stretch.after?.createdAt ?? stretch.to}::timestamptz - interval '1 hour')::text as "createdAt", gen_random_uuid() as id`,
    )
    assert.ok(end)
    await underLease(writer, lease, async (session) => note?.(session, end))
    return { rows: 1, end }
  }
  const filling = createFilling('these', index)
  const begun = (await filling.reach(writer, lease)).reach
  await filling.forward(writer, lease, begun, async () => true)
  assert.ok(asked[0]?.to, 'it ends a minute ago, for later payloads would be unpacked at every tick')

  const aBatchBack = async (): Promise<Stretch | undefined> => {
    let batches = 0
    const { reach } = await filling.reach(writer, lease)
    await filling.back(writer, lease, reach, async () => (batches += 1) === 1)
    return asked.at(-1)
  }
  assert.equal((await aBatchBack())?.after, null)
  const second = await aBatchBack()
  assert.ok(second?.to)
  assert.equal(second.after?.createdAt, second.to, 'it goes on where it ended')
  // As "search rebuild" does if it is stopped at once.
  await underLease(writer, lease, forgetReach)
  await createFilling('these', index).reach(writer, lease)
  assert.equal((await aBatchBack())?.after, null, 'what lies between is not left out')
})
