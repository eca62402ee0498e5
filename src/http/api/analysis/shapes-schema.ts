import { Type } from 'typebox'
import { hintField } from '../list-schema.ts'
import { Count, Id, Instant, NullableRef, Ref } from '../../schemas/values.ts'
import { figuresOf, figuresPageExample, linksExample, PercentilesSchema, Share } from './figures-schema.ts'

export const ShapeHash = Type.String({
  minLength: 16,
  maxLength: 16,
  pattern: '^[0-9a-f]{16}$',
  description: 'The same for all trees of one structure, on every replica and in every version',
})

export const ShapeFiguresSchema = Type.Object(
  {
    hash: ShapeHash,
    line: Type.String({
      description:
        'The structure in one line: in parentheses the jobs that a function ran, behind an arrow what a job led to, ×n for equal ones. Cut after 500 characters',
    }),
    rootFunction: Type.String(),
    invocations: { ...Count, description: 'Of each tree' },
    jobs: { ...Count, description: 'Of each tree' },
    trees: { ...Count, description: 'Trees of this shape that began in the window and are over' },
    failed: { ...Count, description: 'Those in which an invocation or a job failed' },
    failureRate: Share,
    durationMs: NullableRef(
      PercentilesSchema,
      'From the first start in a tree to its last end; null where none is finite',
    ),
    firstSeen: Instant,
    lastSeen: { ...Instant, description: 'The start of the last tree' },
    sampleId: { ...Id, description: 'The root of that tree' },
    sampleTree: Type.String({ description: 'The request for it' }),
  },
  { $id: 'ShapeFigures', title: 'ShapeFigures', description: 'The trees of one structure of functions and jobs' },
)

export const LeftOutSchema = Type.Object(
  {
    open: { ...Count, description: 'Trees in which an invocation runs or is stale: they are not over' },
    tooLarge: { ...Count, description: 'Trees of more than 10,000 invocations, or with 1,000 jobs of one invocation' },
  },
  { $id: 'LeftOut', title: 'LeftOut', description: 'Trees of the window that are not counted' },
)

export const ShapesSchema = figuresOf('Shapes', ShapeFiguresSchema, { ...hintField, leftOut: Ref(LeftOutSchema) })

export const shapesExample = {
  data: [
    {
      hash: '5f0c1d9e2a7b4c38',
      line: 'on-order-created (capture-payment → on-payment-captured, write-audit-entry ×2)',
      rootFunction: 'on-order-created',
      invocations: 2,
      jobs: 3,
      trees: 610,
      failed: 12,
      failureRate: 0.019672,
      durationMs: { p50: 540, p95: 980, p99: 1900 },
      firstSeen: '2026-11-21T10:01:02.120000Z',
      lastSeen: '2026-11-22T09:48:01.610000Z',
      sampleId: '3f2504e0-4f89-41d3-9a0c-0305e82c3301',
      sampleTree: '/trees/3f2504e0-4f89-41d3-9a0c-0305e82c3301',
    },
  ],
  leftOut: { open: 3, tooLarge: 0 },
  page: figuresPageExample,
  links: linksExample,
  asOf: '2026-11-22T10:00:00.000000Z',
}
