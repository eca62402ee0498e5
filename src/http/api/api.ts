import type { FastifyPluginAsync } from 'fastify'
import type { Reader } from '../../db/db.ts'
import type { Statuses } from '../../domain/model/status.ts'
import type { RowRules } from '../../domain/liveness.ts'
import type { SearchSettings } from '../../domain/search/settings.ts'
import type { Redaction } from '../../domain/privacy/redaction.ts'
import type { Credentials } from '../../access/credentials.ts'
import type { IssuerKeys } from '../identity/issuer-keys.ts'
import type { Limits } from '../protect/limits.ts'
import { linkLook } from '../../reading/links/known.ts'
import { createLinkReader, type LinkSettings } from '../../reading/links/link.ts'
import type { LostLinks } from '../../reading/links/lost.ts'
import { refuseOtherMethods } from '../problems/methods.ts'
import { answerUnknownPaths } from '../problems/unknown-path.ts'
import { chains } from './chains/list.ts'
import { dashboard } from './home/dashboard.ts'
import { criticalPaths } from './analysis/critical-paths.ts'
import { dependencies } from './analysis/dependencies.ts'
import { documentation } from './documentation.ts'
import { eventDetail } from './details/event.ts'
import { events } from './events/list.ts'
import { failures } from './analysis/failures.ts'
import { health } from './health/health.ts'
import type { Looked } from './health/readiness.ts'
import { home } from './home/home.ts'
import { invocationDetail } from './details/invocation.ts'
import { invocations } from './invocations/list.ts'
import { jobDetail } from './details/job.ts'
import { jobs } from './jobs/list.ts'
import { keptLinks } from './links/list.ts'
import { missing } from './analysis/missing.ts'
import { names } from './analysis/names.ts'
import { correlation } from './search/correlation.ts'
import { record } from './search/record.ts'
import { search as searchRoute } from './search/search.ts'
import { shapes } from './analysis/shapes.ts'
import { stats } from './analysis/stats.ts'
import { TITLE } from './openapi.ts'
import { totals } from './analysis/totals.ts'
import { tree } from './trees/detail.ts'
import { treeComparison } from './trees/comparison.ts'
import { treeCriticalPath } from './trees/critical-path.ts'
import { treeFailures } from './trees/failures.ts'
import { trees } from './trees/list.ts'
import { treeNodes } from './trees/nodes.ts'

/** What the resources are answered from, and within which limits. */
export interface ApiOptions {
  db: Reader
  issuer: IssuerKeys | undefined
  access: {
    credentials: Credentials | undefined
    /** What is masked of personal data even for those who may see it. */
    redactions: readonly Redaction[]
  }
  limits: Limits
  rules: RowRules
  /** What filters on a status may name. */
  statuses: Statuses
  links: LinkSettings
  /** The folder of the built dashboard, which browsers get at `/`; undefined: a page of links. */
  dashboard: string | undefined
  search: SearchSettings
  lost: LostLinks
  /** What else should be known of all that is shown, a sentence each. */
  notes: readonly string[]
  /** What recovers them. */
  worker: Looked['worker']
}

/**
 * Our own API, a scope of its own: every resource, and the documentation. A path that no API has is answered here. Another API stands beside
 * this one as a scope with a prefix, and sets its own form of errors with `setErrorHandler` and `setNotFoundHandler`.
 */
export const api: FastifyPluginAsync<ApiOptions> = async (
  app,
  {
    db,
    issuer,
    access: { credentials, redactions },
    limits,
    rules,
    statuses,
    links,
    dashboard: folder,
    lost,
    notes,
    search,
    worker,
  },
) => {
  answerUnknownPaths(app)
  refuseOtherMethods(app)
  await app.register(documentation, { title: TITLE })
  if (folder !== undefined) await app.register(dashboard, { folder })
  await app.register(home, { db, lost, notes, rules })
  await app.register(health, { db, issuer, credentials, lost, rules, worker })
  for (const routes of [invocations, jobs, events, chains, keptLinks, trees])
    await app.register(routes, { db, maxPage: limits.page, statuses, rules })
  const lookAtLinks = linkLook(db, links, rules)
  for (const routes of [dependencies, failures, missing, shapes, criticalPaths, stats, totals, names])
    await app.register(routes, { db, maxPage: limits.page, lookAtLinks, rules })
  for (const routes of [searchRoute, record, correlation])
    await app.register(routes, { db, rules, settings: search, maxPage: limits.page, redactions, lookAtLinks })
  const linkReader = createLinkReader(links)
  await app.register(invocationDetail, { db, linkReader, redactions, rules })
  for (const routes of [jobDetail, eventDetail]) await app.register(routes, { db, redactions, rules })
  const { stream: streamTimeout, depth: maxDepth, nodes: maxNodes } = limits
  for (const routes of [tree, treeNodes, treeCriticalPath, treeFailures, treeComparison])
    await app.register(routes, { db, linkReader, rules, streamTimeout, maxDepth, maxNodes, lookAtLinks })
}
