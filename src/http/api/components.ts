import * as criticalPaths from './analysis/critical-paths-schema.ts'
import * as figures from './analysis/figures-schema.ts'
import * as names from './analysis/names-schema.ts'
import * as stats from './analysis/stats-schema.ts'
import * as totals from './analysis/totals-schema.ts'
import * as failures from './analysis/failures-schema.ts'
import * as missing from './analysis/missing-schema.ts'
import * as shapes from './analysis/shapes-schema.ts'
import * as dependencies from './analysis/dependencies-schema.ts'
import * as chain from './chains/schema.ts'
import * as details from './details/schema.ts'
import * as event from './events/schema.ts'
import * as invocation from './invocations/schema.ts'
import * as job from './jobs/schema.ts'
import * as keptLink from './links/schema.ts'
import * as list from './list-schema.ts'
import * as problem from '../schemas/problem.ts'
import * as search from './search/search-schema.ts'
import * as searchRecord from './search/record-schema.ts'
import * as searchCorrelation from './search/correlation-schema.ts'
import * as searchTree from './search/tree-schema.ts'
import * as service from './service-schema.ts'
import * as node from './trees/node-schema.ts'
import * as comparison from './trees/comparison-schema.ts'
import * as criticalPath from './trees/critical-path-schema.ts'
import * as treeFailures from './trees/failures-schema.ts'
import * as tree from './trees/schema.ts'
import * as treeSummary from './trees/list-schema.ts'
import * as values from '../schemas/values.ts'

/**
 * Every schema that has a name, for the OpenAPI document. No object stands there without one: generators make names up, and where one of
 * those was that of a component the Python client lost `Tree`, and typescript-fetch fields of `TreeSummary`.
 */
export const components: readonly object[] = [
  values,
  problem,
  service,
  list,
  invocation,
  event,
  job,
  chain,
  keptLink,
  node,
  tree,
  treeSummary,
  criticalPath,
  treeFailures,
  comparison,
  details,
  figures,
  dependencies,
  failures,
  missing,
  shapes,
  criticalPaths,
  stats,
  totals,
  names,
  searchTree,
  searchRecord,
  searchCorrelation,
  search,
]
  .flatMap((exported) => Object.values(exported) as unknown[])
  .filter((each): each is object => typeof each === 'object' && each !== null && '$id' in each)
