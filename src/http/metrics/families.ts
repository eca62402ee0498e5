import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { labelSets, type LabelSets } from './label-sets.ts'

/** Series of one family. */
export const MOST_SERIES = 1000

/** Seconds: from a page that is at hand to a job of an hour. */
const REQUEST_BUCKETS = [0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30]
const JOB_BUCKETS = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60, 600]

/** Of a set of labels: its buckets, the one without end, the sum and the count. And one set is `other`. */
const setsOf = (buckets: readonly number[]): number => Math.floor(MOST_SERIES / (buckets.length + 3)) - 1

/** The families of one service: each app has its own, and its own page. */
export type Families = ReturnType<typeof createFamilies>

const prefixed = (name: string): string => `event_detector_${name}`

export function createFamilies() {
  const registry = new Registry()
  const registers = [registry]
  const sets = {
    requests: labelSets(setsOf(REQUEST_BUCKETS)),
    durations: labelSets(setsOf(JOB_BUCKETS)),
    runs: labelSets(MOST_SERIES - 1),
    crashes: labelSets(MOST_SERIES - 1),
    stuck: labelSets(MOST_SERIES - 1),
  } satisfies Record<string, LabelSets>
  const gauge = <L extends string>(name: string, help: string, ...labelNames: L[]) =>
    new Gauge({ name: prefixed(name), help, labelNames, registers })
  const counter = <L extends string>(name: string, help: string, ...labelNames: L[]) =>
    new Counter({ name: prefixed(name), help, labelNames, registers })
  const seconds = <L extends string>(name: string, help: string, buckets: number[], ...labelNames: L[]) =>
    new Histogram({ name: prefixed(name), help, labelNames, buckets, registers })
  let tellFiguresAge: () => number | undefined = () => undefined
  const figuresAge = gauge('figures_age_seconds', 'Time since the figures of jobs and links were read', 'figures')
  const asOther = gauge('label_sets_as_other', 'Sets of label values that a family counts as other', 'family')
  return {
    registry,
    sets,
    /** Seconds, or undefined while nothing was read. */
    tellAge: (age: () => number | undefined) => {
      tellFiguresAge = age
    },
    tellAsides: () => {
      const seconds = tellFiguresAge()
      if (seconds !== undefined) figuresAge.set({ figures: 'jobs' }, seconds)
      for (const [family, { asOther: count }] of Object.entries(sets)) asOther.set({ family }, count())
    },
    requests: seconds(
      'http_request_duration_seconds',
      'Time to the end of an answer',
      REQUEST_BUCKETS,
      'route',
      'status',
    ),
    refused: counter('http_requests_refused_total', 'Requests that were refused with 503 for want of room'),
    statements: seconds(
      'statement_duration_seconds',
      'Time of a statement, with the wait for its connection',
      REQUEST_BUCKETS,
      'outcome',
    ),
    places: gauge('places', 'Places that are taken, and visitors that wait for one', 'kind', 'state'),
    placesLimit: gauge('places_limit', 'Places that there are', 'kind'),
    eventLoop: gauge('event_loop_delay_seconds', 'Mean lateness of the event loop over the last second'),
    memory: gauge('memory_bytes', 'Memory of the process', 'kind'),
    cpu: counter('cpu_seconds_total', 'CPU time of the process since its start, user and system'),
    uptime: gauge('uptime_seconds', 'Time since the start of the process'),
    ready: gauge('ready', '1: the start is over, and requests are answered'),
    streamsOpen: gauge('streams', 'Answers that are read from the database as they are taken, now'),
    streams: counter('streams_ended_total', 'Such answers, by how they ended', 'end'),
    lease: gauge('worker_lease_held', '1: this process holds the lease, and does the tasks of the worker'),
    taskAge: gauge('worker_task_age_seconds', 'Time since this process did a task last', 'task'),
    taskFailures: counter('worker_task_failures_total', 'How often this process could not do a task', 'task'),
    build: gauge('build_info', 'Always 1; the labels say what runs', 'version', 'node'),
    runs: counter('job_runs_total', 'Runs of jobs that ended since this process started', 'function', 'job'),
    failures: counter('job_failures_total', 'Those of them that failed', 'function', 'job'),
    durations: seconds('job_duration_seconds', 'How long they took', JOB_BUCKETS, 'function', 'job'),
    crashes: counter('invocation_crashes_total', 'Invocations that crashed since this process started', 'function'),
    stuck: gauge('jobs_stuck', 'Jobs that say that they run, and do not', 'job'),
    links: gauge('links', 'Links of the last 24 hours, as the worker counted them last', 'state'),
    figuresFailures: counter('figures_failures_total', 'Looks at the database for them that failed'),
  }
}
