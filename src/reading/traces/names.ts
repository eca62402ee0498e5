import type { Window } from '../../domain/analysis/window.ts'
import { functionOf, serviceOf } from '../../domain/trace/names.ts'
import { nameRows } from '../../queries/analysis/names.ts'
import { operationRows, type OperationRow } from '../../queries/traces/operations.ts'
import { withinBounds, type Bound, type Opening } from '../analysis/bounded.ts'

export type Operation = OperationRow

const ALL_TIME: Window = { from: '-infinity', to: 'infinity' }

/** Names are those of the newest so many invocations: at any age of the data there are some, and looking takes 50 ms. */
const NEWEST: readonly Bound[] = [
  { rows: 100_000, statementTimeout: 5000 },
  { rows: 10_000, statementTimeout: 5000 },
]

/** The services: the functions of the newest 100,000 invocations, by name. */
export function readServices(db: Opening): Promise<string[]> {
  return withinBounds(
    db,
    'invocations',
    ALL_TIME,
    async ({ snapshot, stretch }) => {
      const rows = await nameRows(snapshot, 'function', stretch)
      return rows.map(({ name }) => serviceOf(name)).toSorted()
    },
    NEWEST,
  )
}

/** What was done in a service, among the newest 100,000 invocations. */
export function readOperations(db: Opening, service: string): Promise<Operation[]> {
  return withinBounds(
    db,
    'invocations',
    ALL_TIME,
    ({ snapshot, stretch }) => operationRows(snapshot, functionOf(service), stretch),
    NEWEST,
  )
}
