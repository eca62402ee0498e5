import type { OpenSnapshot, Queryable, Reader, Snapshot } from '../../db/db.ts'
import type { Families } from './families.ts'

/** The same database, each statement timed. A statement whose rows are read in batches is not: its reader decides how long it takes. */
export function timedReader(db: Reader, { statements }: Pick<Families, 'statements'>): Reader {
  const timed = async <T>(work: () => Promise<T>): Promise<T> => {
    const start = performance.now()
    const seconds = (): number => (performance.now() - start) / 1000
    try {
      const result = await work()
      statements.observe({ outcome: 'answered' }, seconds())
      return result
    } catch (error) {
      statements.observe({ outcome: 'failed' }, seconds())
      throw error
    }
  }
  const query =
    (of: Queryable): Queryable['query'] =>
    (statement, signal) =>
      timed(() => of.query(statement, signal))
  const timedSnapshot = <S extends Snapshot>(snapshot: S): S => ({ ...snapshot, query: query(snapshot) })
  return {
    query: query(db),
    probe: (statement) => timed(() => db.probe(statement)),
    open: async (options): Promise<OpenSnapshot> => timedSnapshot(await db.open(options)),
    snapshot: (work, signal) => db.snapshot((snapshot) => work(timedSnapshot(snapshot)), signal),
  }
}
