import { oneOf } from '../ask/search-params.ts'

export const levels = ['both', 'job', 'function'] as const

/** What the URL says of the job graph. */
export interface DependenciesSearch {
  level?: (typeof levels)[number] | undefined
  /** The job or function whose neighbourhood is shown. */
  around?: string | undefined
  hops?: number | undefined
  /** Only what appeared, vanished or changed since the window before. */
  changed?: true | undefined
}

export function parseDependenciesSearch(search: Record<string, unknown>): DependenciesSearch {
  const hops = Number(search['hops'])
  return {
    level: oneOf(search['level'], levels),
    around: typeof search['around'] === 'string' ? search['around'] : undefined,
    hops: Number.isInteger(hops) && hops >= 1 && hops <= 10 ? hops : undefined,
    changed: search['changed'] === 'true' || search['changed'] === true ? true : undefined,
  }
}
