import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { columnsOfJob } from '../../../domain/model/job.ts'
import { Type } from 'typebox'
import { runningStatuses } from '../../../domain/liveness.ts'
import { knownStatuses } from '../../../domain/model/status.ts'
import { DURATION, DURATION_ALLOWED } from '../../../domain/paging/least-duration.ts'
import { readJobs } from '../../../reading/lists/jobs.ts'
import { asksForRunning, refuseEndedStatuses } from '../../../domain/paging/running-filters.ts'
import { messagesFor } from '../../identity/messages.ts'
import { whileWanted } from '../../protect/connection-shares.ts'
import { askedPage, filtersOf, sendPage, type ListOptions } from '../list-answer.ts'
import { JobListSchema, jobExample } from './schema.ts'
import { hintOf } from '../hint.ts'
import { listParams, listResponse, asOfExample, pageExample, runningParams } from '../list-schema.ts'
import { refuseUnknownStatuses } from '../status-filters.ts'
import { notModified, problemResponses } from '../../schemas/problem.ts'
import { IdParam, Many, Query, StatusParam, TextParam } from '../../schemas/values.ts'

const jobQuery = (maxPage: number) =>
  Query({
    invocationId: Many(IdParam('The jobs of this invocation')),
    eventExecutionId: Many(IdParam('The jobs that the handler of this event ran')),
    name: Many(TextParam('Name of the job')),
    status: Many(StatusParam(knownStatuses.job_executions, 'Of the job')),
    functionName: Many(TextParam('Function that the job is')),
    triggeringFunction: Many(TextParam('Function in which the job ran')),
    correlationId: Many(TextParam('Of the job')),
    minDuration: Type.Optional(
      Type.String({
        pattern: DURATION.source,
        maxLength: 11,
        'x-allowed': DURATION_ALLOWED,
        description: 'Only jobs that took at least so long, e.g. 1500ms; a job that runs has no duration yet',
      }),
    ),
    ...runningParams,
    ...listParams(maxPage, columnsOfJob),
  })

/** GET /jobs: the jobs of an invocation, or those of a window. */
export const jobs: FastifyPluginAsyncTypebox<ListOptions> = async (app, { db, maxPage, statuses, rules }) => {
  app.get(
    '/jobs',
    {
      schema: {
        operationId: 'listJobs',
        tags: ['jobs'],
        summary: 'Jobs, newest first',
        description:
          'invocationId, eventExecutionId and correlationId search all time; without one of them, the last 24 hours unless from, to or window say otherwise. stale=true and olderThan search all time too.',
        querystring: jobQuery(maxPage),
        response: {
          200: listResponse(JobListSchema, 'A page of jobs', {
            data: [jobExample],
            page: pageExample,
            asOf: asOfExample,
          }),
          ...notModified,
          ...problemResponses(),
        },
      },
    },
    async (request, reply) => {
      refuseUnknownStatuses({ status: { given: request.query.status, allowed: statuses.job_executions } })
      const { invocationId, eventExecutionId, correlationId } = request.query
      const byId = invocationId ?? eventExecutionId ?? correlationId
      refuseEndedStatuses(request.query, runningStatuses.ofRuns)
      const asked = askedPage(request, byId || asksForRunning(request.query) ? 'all-time' : 'last-24h', columnsOfJob)
      const wanted = whileWanted(db, request)
      const found = await readJobs(wanted, filtersOf(request.query), asked, messagesFor(request), rules)
      return sendPage(
        request,
        reply,
        found,
        await hintOf(wanted, request, found, { name: ['job'], triggeringFunction: ['function'] }, rules),
      )
    },
  )
}
