import { Type } from 'typebox'
import { EventStatusSchema, Id, Instant, Message, Ms, Nullable, Ref, Stale } from '../../schemas/values.ts'
import { hintedListOf, PageSchema } from '../list-schema.ts'
import { JobCountersSchema } from '../invocations/schema.ts'

export const eventFields = {
  id: Id,
  invocationId: Id,
  name: Type.String(),
  detected: Type.Boolean(),
  status: Ref(EventStatusSchema),
  stale: Stale,
  createdAt: Instant,
  detectionDurationMs: Nullable(Ms),
  handlerDurationMs: Nullable(Ms),
  jobs: Ref(JobCountersSchema),
  correlationId: Nullable(Type.String()),
  errorMessage: Message,
}

export const EventSchema = Type.Object(eventFields, {
  $id: 'Event',
  title: 'Event',
  description: 'One event module, checked during an invocation',
})

export const EventListSchema = hintedListOf('EventList', EventSchema, PageSchema)

export const eventExample = {
  id: '6ecd8c99-4036-403d-bf84-cf8400f67836',
  invocationId: '3f2504e0-4f89-41d3-9a0c-0305e82c3301',
  name: 'order-placed',
  detected: true,
  status: 'completed',
  stale: false,
  createdAt: '2026-11-22T09:48:01.900000Z',
  detectionDurationMs: 4,
  handlerDurationMs: 232,
  jobs: { run: 1, succeeded: 1, failed: 0 },
  correlationId: 'order-1041',
  errorMessage: null,
}
