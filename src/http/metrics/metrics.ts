import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import type { Reader } from '../../db/db.ts'
import type { RowRules } from '../../domain/liveness.ts'
import { createJobFigures } from '../../reading/metrics/job-figures.ts'
import { refuseOtherMethods } from '../problems/methods.ts'
import type { Families } from './families.ts'
import { setServiceFigures, type ServiceState } from './service-figures.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Reads the figures of jobs and links once. Never throws: the page tells of failures, and how old its figures are. */
    readFigures: () => Promise<void>
  }
}

/** What the page is made of. */
export interface MetricsOptions {
  db: Reader
  rules: RowRules
  families: Families
  state: ServiceState
}

/** How often the figures of jobs and links are read, ms: as often as Prometheus scrapes by default. */
const EVERY = 15_000
/** Of each of their statements, ms. */
const LONGEST = 5000

/** GET /metrics, and the look at jobs and links: one that is taken every 15 s while the service is ready (`ticks`), and when `app.readFigures()` is called. */
export function registerMetrics(app: FastifyInstance, options: MetricsOptions & { ticks: boolean }): void {
  app.decorate('readFigures', figuresReader(options))
  if (options.ticks) tick(app, options.state)
  void app.register(page, options)
}

/** Figures for Prometheus. It waits for no statement: those of jobs and links are of the last look. */
const page: FastifyPluginAsync<MetricsOptions> = async (app, { families, state }) => {
  refuseOtherMethods(app)
  const config = { scope: 'metrics', duringStart: true, unlimited: true } as const
  app.get('/metrics', { config }, async (_request, reply) => {
    setServiceFigures(families, state)
    return reply.type(families.registry.contentType).send(await families.registry.metrics())
  })
}

/** Makes the look at jobs and links. It never throws. */
function figuresReader({ db, rules, families }: MetricsOptions): () => Promise<void> {
  const { sets } = families
  let readAt: number | undefined
  families.tellAge(() => (readAt === undefined ? undefined : (performance.now() - readAt) / 1000))
  const figures = createJobFigures(
    {
      ran({ sourceFunction, jobName, failed, durationMs }) {
        const names = { function: sourceFunction, job: jobName }
        const series = sets.runs.of(names)
        families.runs.inc(series)
        if (failed) families.failures.inc(series)
        if (durationMs !== null && durationMs >= 0)
          families.durations.observe(sets.durations.of(names), durationMs / 1000)
      },
      crashed: (name) => families.crashes.inc(sets.crashes.of({ function: name })),
      stuck(jobs) {
        families.stuck.reset()
        for (const { name, count } of jobs) families.stuck.inc(sets.stuck.of({ job: name }), count)
      },
      links: (state, count) => families.links.set({ state }, count),
    },
    rules,
  )
  return async () => {
    try {
      const snapshot = await db.open({ statementTimeout: LONGEST })
      try {
        await figures.tick(snapshot)
      } finally {
        await snapshot.close()
      }
      readAt = performance.now()
    } catch {
      families.figuresFailures.inc()
    }
  }
}

/** One look at a time. */
function tick(app: FastifyInstance, { stage }: ServiceState): void {
  let looking: Promise<void> | undefined
  const timer = setInterval(() => {
    if (stage.name === 'ready') looking ??= app.readFigures().finally(() => (looking = undefined))
  }, EVERY).unref()
  app.addHook('onClose', async () => {
    clearInterval(timer)
    await looking
  })
}
