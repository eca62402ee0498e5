import type { Transport } from './rows.ts'

/** Where a payload names the job that triggered the call: a member of its own, the record's token (under either name), or the session's. */
export type Place = '__sourceJobId' | 'updated_by' | 'updatedby' | 'x-hasura-tracking-token'

/**
 * How the rows tell of the job that triggered an invocation. root: there was none. recorded: in source_job_id. named: in `places` alone.
 * untraced: nowhere. severed: named, but the job's row never arrived. pending: the same, and it arrives after `now`. deleted: named, and the job is gone.
 */
export type LinkLeft = 'root' | 'recorded' | 'named' | 'untraced' | 'severed' | 'pending' | 'deleted'

/** Why a row stays `running` (`handling`, of an event) although nothing runs. */
export type Death =
  | 'killed'
  | 'hung'
  | 'found nothing to listen to'
  | 'lost its flush'
  | 'its status was refused'
  | 'had a twin of the same name'
  | 'was seeded'

interface Timing {
  transport: Transport
  /** By a clock that is right: ISO 8601 UTC. */
  start: string
  /** null: it still runs at `now`. Of a process that was killed: when. */
  end: string | null
  dead: Death | null
  /** What the clock of its host was ahead, ms. */
  clockSkewMs: number
}

export interface InvocationTruth extends Timing {
  /** The job whose write fired the event; its row may be missing (`link` says so). */
  parentJob: string | null
  link: LinkLeft
  /** Where the payload names a job: `parentJob`, or that of `stale`. */
  places: Place[]
  /** A write that left the record's token alone: the payload names a job that did not trigger this, and a writer that believes it records it too. */
  stale: { jobId: string; afterMs: number } | null
  /** The handler or detector that threw. `message` is one line, without paths; recorded: false where no row tells of it. */
  crash: { eventId: string; message: string; recorded: boolean } | null
  /** How long before its created_at its duration begins, ms. */
  coldStartMs: number
  /** The deletion of its parent moved its updated_at, long after its end. */
  touchedByDeletion: boolean
  /** The invocation that was made of the same event before. */
  redeliveryOf: string | null
  /** Its counters say something else than its jobs do. */
  miscounted: boolean
}

export interface EventTruth {
  dead: Death | null
  /** own: its handler or detector threw. of another: it carries the text of another one's crash. unrecorded: its detector threw, and no row says so. */
  crash: 'own' | 'of another' | 'unrecorded' | null
}

export interface JobTruth extends Timing {
  /** It was recorded as aborted by a timeout, and went on. */
  ranOn: boolean
}

/** What really happened, by id of the row. */
export interface Truths {
  invocations: Map<string, InvocationTruth>
  events: Map<string, EventTruth>
  jobs: Map<string, JobTruth>
}
