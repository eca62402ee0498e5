import type { Reader } from '../../src/db/db.ts'
import { sql } from '../../src/db/sql.ts'

/** Never run: `npm run typecheck` fails where one of the lines that must not compile does. */
export function onlyTheTagMakesSql(db: Reader, given: string): Array<Promise<unknown>> {
  return [
    db.query(sql`select i.id from invocations i where i.correlation_id = ${given}`),
    db.query(sql`select i.id from invocations i ${sql`where i.correlation_id = ${given}`}`),
    // @ts-expect-error: a string that was built from a value
    db.query('select i.id from invocations i where i.correlation_id = ' + given),
    // @ts-expect-error: a template that is not the tag's
    db.query(`select i.id from invocations i where i.correlation_id = ${given}`),
    // @ts-expect-error: not even a string without values
    db.query('select 1'),
    // @ts-expect-error: an array of strings is no template
    db.query(sql([`select ${given}`])),
    // @ts-expect-error: what only looks like a statement
    db.query({ text: `select ${given}`, values: [] }),
    db.snapshot((snapshot) => snapshot.query(sql`select 1`)),
    // @ts-expect-error: a snapshot is as strict
    db.snapshot((snapshot) => snapshot.query(given)),
    db.open().then((snapshot) => snapshot.batches(sql`select 1`, 100)),
    // @ts-expect-error: and so are its batches
    db.open().then((snapshot) => snapshot.batches(given, 100)),
  ]
}
