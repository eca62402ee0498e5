import { triggeringExample } from '../chains/schema.ts'
import { eventExample } from '../events/schema.ts'
import { invocationExample } from '../invocations/schema.ts'
import { jobExample } from '../jobs/schema.ts'
import { asOfExample } from '../list-schema.ts'
import { eventsUrl, jobsOfEventUrl, restUrl, triggeredUrl } from '../../links.ts'

export const invocationDetailExample = {
  asOf: asOfExample,
  ...invocationExample,
  namedJobId: null,
  redacted: ['sourceUserEmail', 'payload', 'context', 'options', 'result', 'errorStack'],
  triggeredBy: triggeringExample,
  events: { count: 13, detected: 1, data: [eventExample], href: eventsUrl(invocationExample.id) },
  jobs: {
    ...invocationExample.jobs,
    count: 1,
    data: [{ ...jobExample, invocationId: invocationExample.id }],
    href: restUrl({ of: 'jobs', invocationId: invocationExample.id, after: null }),
  },
  triggered: { count: 0, data: [], href: triggeredUrl(invocationExample.id) },
}

export const jobDetailExample = {
  asOf: asOfExample,
  ...jobExample,
  redacted: ['options', 'result', 'errorStack'],
  invocation: {
    id: jobExample.invocationId,
    sourceFunction: 'on-order-created',
    status: 'completed',
    stale: false,
    crashed: false,
    crash: null,
    createdAt: '2026-11-22T09:48:01.610000Z',
  },
  event: eventExample,
  triggered: {
    count: 1,
    data: [invocationExample],
    href: restUrl({ of: 'triggered', jobId: jobExample.id, after: null }),
  },
}

export const eventDetailExample = {
  asOf: asOfExample,
  ...eventExample,
  redacted: ['errorStack'],
  invocation: jobDetailExample.invocation,
  jobs: { ...eventExample.jobs, count: 1, data: [jobExample], href: jobsOfEventUrl(eventExample.id) },
}
