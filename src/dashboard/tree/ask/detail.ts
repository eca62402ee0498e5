import { useQuery, type UseQueryResult } from '@tanstack/react-query'
import type { components } from '../../../client/client.ts'
import { answerOf, client } from '../../ask/client.ts'
import type { Step } from '../model/step.ts'

type Schemas = components['schemas']

/** What the service knows of a step beside its place in the tree. */
export type Detail = { kind: 'invocation'; of: Schemas['InvocationDetail'] } | { kind: 'job'; of: Schemas['JobDetail'] }

/** `personal`: with payload, stacks and results, which only some keys may read. */
export function useDetail({ kind, id, status }: Step, personal: boolean): UseQueryResult<Detail> {
  return useQuery({
    // With the status, so that a step that ended meanwhile is asked for again.
    queryKey: [kind, id, status, personal],
    queryFn: ({ signal }) => (kind === 'job' ? askJob(id, personal, signal) : askInvocation(id, personal, signal)),
    meta: { once: true },
    staleTime: 60_000,
  })
}

async function askInvocation(id: string, personal: boolean, signal: AbortSignal): Promise<Detail> {
  const query = personal ? { include: ['payload' as const, 'context' as const, 'stacks' as const] } : {}
  const of = await answerOf(client.GET('/invocations/{id}', { params: { path: { id }, query }, signal }))
  return { kind: 'invocation', of }
}

async function askJob(id: string, personal: boolean, signal: AbortSignal): Promise<Detail> {
  const query = personal ? { include: ['options' as const, 'result' as const, 'stack' as const] } : {}
  const of = await answerOf(client.GET('/jobs/{id}', { params: { path: { id }, query }, signal }))
  return { kind: 'job', of }
}
