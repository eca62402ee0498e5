import { Type } from 'typebox'
import { SHOWN } from '../../../domain/critical-path/slack.ts'
import { asOfExample } from '../list-schema.ts'
import { Count, EnumParam, Id, Instant, Ms, Nullable, Ref, Stale, StatusSchema } from '../../schemas/values.ts'
import { placeFields, truncatedField } from './schema.ts'

const Kind = EnumParam(['invocation', 'job'], 'An invocation (name is its function) or a job')

export const SiblingSchema = Type.Object(
  {
    of: Kind,
    id: Id,
    name: Type.String(),
    status: Ref(StatusSchema),
    endedAt: Nullable({ ...Instant, description: 'Null: it has not ended, or nobody knows when' }),
    slackMs: Nullable({
      ...Ms,
      description:
        'By how much later it and all that it led to could have run without the path ending later, in ms. Null: nobody knows when it ended',
    }),
  },
  { $id: 'PathSibling', title: 'PathSibling', description: 'What ran beside a segment' },
)

export const SiblingsSchema = Type.Object(
  {
    count: Count,
    data: Type.Array(Ref(SiblingSchema), { description: `Those with the least slack, at most ${SHOWN}` }),
  },
  {
    $id: 'PathSiblings',
    title: 'PathSiblings',
    description:
      'The other jobs of the invocation, or the other invocations that the job triggered; told once for each',
  },
)

export const SegmentSchema = Type.Object(
  {
    kind: EnumParam(
      ['working', 'waiting'],
      'working: it was at work; waiting: the job had handed over, and what it triggered had not begun',
    ),
    of: Kind,
    name: Type.String(),
    id: Id,
    invocationId: Id,
    status: Ref(StatusSchema),
    stale: Stale,
    startedAt: Instant,
    endedAt: Instant,
    durationMs: Ms,
    share: Type.Number({
      minimum: 0,
      maximum: 1,
      format: 'double',
      description: 'Of the whole: the shares sum to 1 (0 of each if the whole took no time)',
    }),
    by: EnumParam(
      ['start', 'rows', 'time'],
      'What ties it to the segment before. start: it is the first. rows: the rows do. time: it went on when that one had ended, and no row says that it waited for it',
    ),
    since: Type.Optional(
      EnumParam(
        ['event', 'job-end'],
        'Of a wait alone: it began at the time of the event, or at the end of the job if that is not known or not possible',
      ),
    ),
    clockSkewMs: Nullable({
      ...Ms,
      description: 'By how much its recorded start lies after the start of what it led to. The segment is cut there',
    }),
    siblings: Ref(SiblingsSchema),
  },
  { $id: 'PathSegment', title: 'PathSegment', description: 'A part of the critical path' },
)

export const CriticalPathSchema = Type.Object(
  {
    ...placeFields,
    open: Type.Boolean({ description: 'Something in the tree runs or is stale: it ends at asOf here' }),
    clockSkew: Type.Boolean({ description: 'A segment was cut because clocks disagree' }),
    startedAt: Nullable(Instant),
    endedAt: Nullable({ ...Instant, description: 'The last end in the tree' }),
    durationMs: Ms,
    workingMs: Ms,
    waitingMs: Ms,
    segments: Type.Array(Ref(SegmentSchema), { description: 'In the order of time, without a gap' }),
    ...truncatedField,
  },
  {
    $id: 'CriticalPath',
    title: 'CriticalPath',
    description: 'The jobs, invocations and waits that decided when a tree ended',
  },
)

export const criticalPathExample = {
  asOf: asOfExample,
  id: '3f2504e0-4f89-41d3-9a0c-0305e82c3301',
  rootId: '3f2504e0-4f89-41d3-9a0c-0305e82c3301',
  rootReached: true,
  rootLink: 'none',
  rootNamedJobId: null,
  truncated: null,
  open: false,
  clockSkew: false,
  startedAt: '2026-11-22T09:48:01.610000Z',
  endedAt: '2026-11-22T09:48:02.140000Z',
  durationMs: 530,
  workingMs: 530,
  waitingMs: 0,
  segments: [
    {
      kind: 'working',
      of: 'invocation',
      name: 'on-order-created',
      id: '3f2504e0-4f89-41d3-9a0c-0305e82c3301',
      invocationId: '3f2504e0-4f89-41d3-9a0c-0305e82c3301',
      status: 'completed',
      stale: false,
      startedAt: '2026-11-22T09:48:01.610000Z',
      endedAt: '2026-11-22T09:48:02.140000Z',
      durationMs: 530,
      share: 1,
      by: 'start',
      clockSkewMs: null,
      siblings: { count: 0, data: [] },
    },
  ],
}
