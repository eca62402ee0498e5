import * as chain from './chain.ts'
import * as details from './details.ts'
import * as invocation from './invocation.ts'
import * as job from './job.ts'
import * as list from './list.ts'
import * as problem from './problem.ts'
import * as service from './service.ts'
import * as tree from './tree.ts'
import * as treeSummary from './tree-summary.ts'
import * as values from './values.ts'

/**
 * Every schema that has a name, for the OpenAPI document. No object stands there without one: generators make names up, and where one of
 * those was that of a component the Python client lost `Tree`, and typescript-fetch fields of `TreeSummary`.
 */
export const components: readonly object[] = [values, problem, service, list, invocation, job, chain, tree, treeSummary, details]
  .flatMap((exported) => Object.values(exported) as unknown[])
  .filter((each): each is object => typeof each === 'object' && each !== null && '$id' in each)
