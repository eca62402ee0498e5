import { setTimeout as pause } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import pg from 'pg'
import * as reference from '../support/reference.ts'
import { flat, type NestedTree } from '../support/trees.ts'

/** A question, and whether a body is what plain SQL says. */
interface Question {
  path: string
  right: (body: unknown) => boolean
}

/** One request and what came of it; times of Date.now(). `refused` is a problem with 503 or 504. */
export interface Asked {
  path: string
  start: number
  end: number
  came: 'right' | 'refused' | 'wrong'
  /** What was wrong with it, or how it was refused. */
  why: string
}

const LIMIT = 20
const FOR_EVER = 'from=2000-01-01T00:00:00Z'

/** Questions to rows that nobody changes, each with its answer. */
export async function questions(connectionString: string): Promise<Question[]> {
  const pool = new pg.Pool({ connectionString, max: 1 })
  try {
    const list = (path: string, rows: object[]): Question => ({
      path,
      right: (body) => isDeepStrictEqual((body as { data: unknown }).data, plain(rows.slice(0, LIMIT))),
    })
    const [linked] = await reference.invocations(pool, 'i.source_job_id is not null')
    const { rootId = '' } = linked ? await reference.lineage(pool, linked.id) : {}
    const members = plain(
      (await reference.tree(pool, rootId)).map(({ id, parentId, depth, node }) => ({
        id,
        parentId,
        depth,
        jobs: node.jobs.map((job) => job.id),
      })),
    )
    return [
      list(`/invocations?${FOR_EVER}&limit=${LIMIT}`, await reference.invocations(pool, 'true')),
      list(`/jobs?${FOR_EVER}&limit=${LIMIT}`, await reference.jobs(pool, 'true')),
      list(`/chains?${FOR_EVER}&limit=${LIMIT}`, await reference.links(pool, 'true')),
      list(
        `/invocations?sourceJobId=${String(linked?.['sourceJobId'])}&limit=${LIMIT}`,
        await reference.triggeredBy(pool, String(linked?.['sourceJobId'])),
      ),
      {
        path: `/trees/${rootId}`,
        right: (body) =>
          isDeepStrictEqual(
            flat((body as NestedTree).tree).map(({ id, parentId, depth, jobs }) => ({
              id,
              parentId,
              depth,
              jobs: jobs.map((job) => job.id),
            })),
            members,
          ),
      },
    ]
  } finally {
    await pool.end()
  }
}

/** As JSON carries it. */
function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T
}

/** Asks without end, so many at a time, until stopped. */
export function load(
  base: string,
  asked: readonly Question[],
  workers: number,
  patience: number,
): { log: Asked[]; stop: () => Promise<void> } {
  const log: Asked[] = []
  const stopping = new AbortController()
  const work = async (nth: number): Promise<void> => {
    for (let turn = nth; !stopping.signal.aborted; turn++) {
      const question = asked[turn % asked.length]
      if (question) log.push(await put(base, question, patience))
      await pause(5)
    }
  }
  const working = Promise.all(Array.from({ length: workers }, (_, nth) => work(nth)))
  return {
    log,
    async stop() {
      stopping.abort()
      await working
    },
  }
}

async function put(base: string, { path, right }: Question, patience: number): Promise<Asked> {
  const start = Date.now()
  const done = (came: Asked['came'], why: string): Asked => ({ path, start, end: Date.now(), came, why })
  try {
    const answer = await fetch(base + path, { signal: AbortSignal.timeout(patience) })
    const body: unknown = await answer.json()
    if (answer.status === 200)
      return right(body) ? done('right', '') : done('wrong', 'a 200 with another body than plain SQL says')
    const { status, headers } = answer
    const told =
      (headers.get('content-type') ?? '').startsWith('application/problem+json') && headers.get('retry-after') !== null
    return done(
      (status === 503 || status === 504) && told ? 'refused' : 'wrong',
      `${status} ${String((body as { detail?: string }).detail)}`,
    )
  } catch (error) {
    return done('wrong', `no answer: ${String(error)}`)
  }
}
