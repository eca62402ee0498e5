import { Type } from 'typebox'
import { keptStates, type KeptState } from '../../../domain/link/kept.ts'
import { EnumParam, Id, Instant, Ref } from '../../schemas/values.ts'
import { listOf, PageSchema } from '../list-schema.ts'

export const KEPT_STATE =
  'recovered: counts as the link while source_job_id is empty; mended: written into source_job_id; undone: taken back by a person; ambiguous: the named job had ended long before the event; pending: its row may still arrive; severed: it is gone, or never came'

export const KeptStateSchema = Type.Unsafe<KeptState>({
  ...EnumParam(keptStates, KEPT_STATE),
  $id: 'KeptState',
  title: 'KeptState',
})

export const KeptLinkSchema = Type.Object(
  {
    invocationId: Id,
    createdAt: { ...Instant, description: 'Of the invocation' },
    jobId: { ...Id, description: 'The job that its payload names' },
    state: Ref(KeptStateSchema),
    ruleVersion: Type.Integer({ description: 'The version of the rule that decided' }),
    decidedAt: { ...Instant, description: 'When the state was decided last, by the clock of the database' },
  },
  {
    $id: 'KeptLink',
    title: 'KeptLink',
    description: 'What was found out about the link of an invocation whose source_job_id is or was empty',
  },
)

export const KeptLinkListSchema = listOf('KeptLinkList', KeptLinkSchema, PageSchema)

export const keptLinkExample = {
  invocationId: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
  createdAt: '2026-11-22T09:48:02.120000Z',
  jobId: '9b2d7a10-4f6e-4c1b-8a57-3d0e5f6a7b8c',
  state: 'recovered' as const,
  ruleVersion: 1,
  decidedAt: '2026-11-22T09:48:07.031000Z',
}
