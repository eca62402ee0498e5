/** Viewers show nothing for an empty name of a service. */
const NAMELESS = 'empty-service-name'

/** The service of a function. */
export function serviceOf(sourceFunction: string): string {
  return sourceFunction === '' ? NAMELESS : sourceFunction
}

/** The function of a service. */
export function functionOf(service: string): string {
  return service === NAMELESS ? '' : service
}

/** What an invocation did, e.g. `on-order-updated public.orders.UPDATE`. In SQL the same is `invocationOperation` (src/queries/traces/operations.ts). */
export function invocationOperation(node: {
  sourceFunction: string
  sourceTable: string | null
  sourceOperation: string | null
}): string {
  const source = [node.sourceTable, node.sourceOperation].filter((part) => part !== null).join('.')
  return source === '' ? node.sourceFunction : `${node.sourceFunction} ${source}`
}
