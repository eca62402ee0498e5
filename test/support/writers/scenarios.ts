/** A call of a function, and what it leads to. Left out: an UPDATE by a job that sets its token, one job, a warm process, the right time, an ordinary end. */
export interface CallSpec {
  operation?: 'INSERT' | 'DELETE'
  /** unset: its cause sets no token. unknown: a person's write, whose token has no job. */
  token?: 'unset' | 'unknown'
  cold?: boolean
  /** How far the clock of its host is ahead, ms. */
  skewMs?: number
  fate?: Fate
  jobs?: JobSpec[]
  twice?: boolean
  /** Deleted since, with all that belongs to it. */
  deleted?: boolean
  miscounted?: boolean
}

export type Fate =
  | 'killed'
  | 'hangs'
  | 'finds nothing'
  | 'loses its flush'
  | 'times out'
  | 'goes on'
  | 'is seeded'
  | 'crashes among others'
  | 'crashes alone'
  | 'crashes before a flush'
  | 'a detector throws'

export interface JobSpec {
  fate?: 'fails' | 'never arrives' | 'has a twin'
  triggers?: CallSpec[]
  /** Writes of somebody else to the same record, so many ms later, that leave its token alone. */
  laterWrites?: number[]
}

/** A call with one job that triggers these. */
function call(triggers: CallSpec[] = [], more: CallSpec = {}): CallSpec {
  return { jobs: [{ triggers }], ...more }
}

const days = 24 * 3_600_000

/** The 22 scenarios of the study: 54 deliveries, 31 true links. */
export const studied: CallSpec[] = [
  call([call([call([call()])])], { operation: 'INSERT' }),
  call([call(), call(), call(), call()]),
  { jobs: [{ triggers: [call()] }, { triggers: [call()] }] },
  call([call([], { operation: 'DELETE' })]),
  call([call([], { token: 'unset' })]),
  { fate: 'loses its flush', jobs: [{ fate: 'never arrives', triggers: [call()] }] },
  { jobs: [{ triggers: [call()], laterWrites: [3000] }] },
  { jobs: [{ fate: 'has a twin', triggers: [call()] }] },
  call([call([call([], { cold: true })], { cold: true })], { cold: true }),
  call([call([call([], { skewMs: 1700 })], { skewMs: -1900 })], { skewMs: 900 }),
  call([call()], { fate: 'killed' }),
  { fate: 'hangs' },
  { fate: 'finds nothing' },
  call([call([call()])], { fate: 'loses its flush' }),
  call([{ fate: 'crashes among others', jobs: [] }], { fate: 'crashes among others' }),
  { fate: 'crashes before a flush', jobs: [] },
  call([{ fate: 'crashes alone', jobs: [] }], { fate: 'a detector throws' }),
  { jobs: [{ fate: 'fails', triggers: [call([call()])] }] },
  call([call()], { fate: 'times out' }),
  call([call([], { twice: true })]),
  call([call()], { miscounted: true }),
  call([call(), call()], { token: 'unknown' }),
]

/** What the study names beside them: a parent that was deleted, a token long out of date, rows of old seeders, and work that goes on. */
export const others: CallSpec[] = [
  call([call([call()]), call()], { deleted: true }),
  { jobs: [{ triggers: [call()], laterWrites: [8 * days] }] },
  call([], { fate: 'is seeded' }),
  { fate: 'is seeded', jobs: [{ fate: 'fails' }] },
  { fate: 'goes on', jobs: [{}, { triggers: [{ fate: 'goes on', jobs: [] }] }] },
]

/** How many events are delivered to functions in a scenario, and how many of these were triggered by a job. */
export function countDeliveries(spec: CallSpec): { deliveries: number; links: number } {
  const times = spec.twice === true ? 2 : 1
  const total = { deliveries: times, links: 0 }
  for (const { triggers = [], laterWrites = [] } of spec.jobs ?? []) {
    total.deliveries += laterWrites.length
    for (const each of triggers) {
      const { deliveries, links } = countDeliveries(each)
      total.deliveries += deliveries
      total.links += links + (each.twice === true ? 2 : 1)
    }
  }
  return total
}
