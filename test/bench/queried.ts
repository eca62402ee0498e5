import type pg from 'pg'
import type { Slice } from './alternate.ts'
import type { Sample } from './figures.ts'

/** A statement run through pg on one connection, again and again; `once`: one time a slice, for what takes long. */
export function queried(client: pg.Client, statement: pg.QueryConfig, { once = false } = {}): Slice {
  return async (seconds) => {
    const sample: Sample = { times: [], firsts: [], seconds, bytes: 0, cpu: undefined }
    const began = performance.now()
    const deadline = once ? began : began + seconds * 1000
    do {
      const asked = performance.now()
      await client.query(statement)
      sample.times.push(performance.now() - asked)
    } while (performance.now() < deadline)
    sample.seconds = (performance.now() - began) / 1000
    return sample
  }
}
