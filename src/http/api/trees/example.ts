import { asOfExample } from '../list-schema.ts'
import { invocationExample } from '../invocations/schema.ts'

const { jobs: _, ...exampleInvocation } = invocationExample
const leaf = { ...exampleInvocation, depth: 1, parentId: '3f2504e0-4f89-41d3-9a0c-0305e82c3301', jobs: [] }

export const treeExample = {
  asOf: asOfExample,
  id: '3f2504e0-4f89-41d3-9a0c-0305e82c3301',
  rootId: '3f2504e0-4f89-41d3-9a0c-0305e82c3301',
  rootReached: true,
  rootLink: 'none',
  rootNamedJobId: null,
  ancestors: [],
  omittedAncestors: 0,
  summary: {
    complete: true,
    invocations: 2,
    jobs: 1,
    failedInvocations: 0,
    failedJobs: 0,
    running: 0,
    runningInvocations: 0,
    runningJobs: 0,
    stale: 0,
    maxDepth: 1,
    startedAt: '2026-11-22T09:48:01.610000Z',
    endedAt: '2026-11-22T09:48:02.532000Z',
    durationMs: 922,
  },
  truncated: null,
  tree: {
    ...exampleInvocation,
    id: '3f2504e0-4f89-41d3-9a0c-0305e82c3301',
    createdAt: '2026-11-22T09:48:01.610000Z',
    endedAt: '2026-11-22T09:48:02.140000Z',
    durationMs: 530,
    sourceFunction: 'on-order-created',
    sourceTable: 'public.orders',
    sourceOperation: 'INSERT',
    sourceJobId: null,
    link: 'none',
    depth: 0,
    parentId: null,
    jobs: [
      {
        id: '9b2d7a10-4f6e-4c1b-8a57-3d0e5f6a7b8c',
        name: 'capture-payment',
        functionName: 'capture-payment',
        status: 'completed',
        stale: false,
        durationMs: 230,
        startedAt: '2026-11-22T09:48:01.902000Z',
        endedAt: '2026-11-22T09:48:02.132000Z',
        errorMessage: null,
        eventExecutionId: '6ecd8c99-4036-403d-bf84-cf8400f67836',
        triggered: [leaf],
      },
    ],
  },
}
