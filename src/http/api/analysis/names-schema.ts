import { Type } from 'typebox'
import { nameKinds } from '../../../reading/analysis/names.ts'
import { Count, EnumParam, Instant } from '../../schemas/values.ts'
import { figuresOf, figuresPageExample, linksExample } from './figures-schema.ts'

export const KnownNameSchema = Type.Object(
  {
    kind: EnumParam(
      nameKinds,
      'function, job; event: one that was detected; table and system: where the events of invocations came from',
    ),
    name: Type.String(),
    count: { ...Count, description: 'Rows of the window with this name' },
    lastAt: { ...Instant, description: 'The newest of them' },
  },
  { $id: 'KnownName', title: 'KnownName', description: 'A name that rows of the window have' },
)

export const NamesSchema = figuresOf('Names', KnownNameSchema, {})

export const namesExample = {
  data: [{ kind: 'job', name: 'capture-payment', count: 640, lastAt: '2026-11-22T09:48:01.902000Z' }],
  page: figuresPageExample,
  links: linksExample,
  asOf: '2026-11-22T10:00:00.000000Z',
}
