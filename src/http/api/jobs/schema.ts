import { Type } from 'typebox'
import { Id, Instant, Message, Ms, Nullable, Ref, Stale, StatusSchema } from '../../schemas/values.ts'
import { hintedListOf, PageSchema } from '../list-schema.ts'

export const jobFields = {
  id: Id,
  invocationId: Id,
  eventExecutionId: Id,
  name: Type.String(),
  functionName: Nullable(Type.String()),
  status: Ref(StatusSchema),
  stale: Stale,
  durationMs: Nullable(Ms),
  startedAt: Instant,
  endedAt: Nullable(Instant),
  correlationId: Nullable(Type.String()),
  errorMessage: Message,
}

export const JobSchema = Type.Object(jobFields, { $id: 'Job', title: 'Job', description: 'One run of a job' })

export const JobListSchema = hintedListOf('JobList', JobSchema, PageSchema)

export const jobExample = {
  id: '9b2d7a10-4f6e-4c1b-8a57-3d0e5f6a7b8c',
  invocationId: '3f2504e0-4f89-41d3-9a0c-0305e82c3301',
  eventExecutionId: '6ecd8c99-4036-403d-bf84-cf8400f67836',
  name: 'capture-payment',
  functionName: 'capture-payment',
  status: 'completed',
  stale: false,
  durationMs: 230,
  startedAt: '2026-11-22T09:48:01.902000Z',
  endedAt: '2026-11-22T09:48:02.132000Z',
  correlationId: 'order-1041',
  errorMessage: null,
}
