import { Type } from 'typebox'
import { ChecksSchema } from '../schemas/problem.ts'
import { Nullable, Ref } from '../schemas/values.ts'

const Warnings = Type.Array(Type.String(), {
  description: 'What is answered rightly and still should be known, such as that the writer does not record links',
})

export const EndpointSchema = Type.Object(
  {
    path: Type.String(),
    what: Type.String(),
    sample: Nullable(
      Type.String({ description: 'A request to which this database has an answer; null while it has none' }),
    ),
  },
  { $id: 'Endpoint', title: 'Endpoint' },
)

export const HomeSchema = Type.Object(
  { name: Type.String(), warnings: Warnings, endpoints: Type.Array(Ref(EndpointSchema)) },
  { $id: 'Home', title: 'Home', description: 'What there is' },
)

export const LiveSchema = Type.Object(
  { status: Type.Literal('ok') },
  { $id: 'Live', title: 'Live', description: 'The process answers' },
)

export const ReadySchema = Type.Object(
  { status: Type.Literal('ok'), checks: Ref(ChecksSchema), warnings: Warnings },
  { $id: 'Ready', title: 'Ready', description: 'The service can answer from the database' },
)
