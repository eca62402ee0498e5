import { Type } from 'typebox'
import { matches, MOST_HITS } from '../../../reading/search/hit.ts'
import { MOST_TREES } from '../../../reading/search/trees.ts'
import { AsOf, Count, EnumParam, Id, Instant, Message, Nullable, Ref } from '../../schemas/values.ts'
import { FoundTreeSchema, foundTreeExample } from './tree-schema.ts'

export const MATCH =
  'id: of an invocation, a job, an event or a source event; record: a record that an event changed; personal: what stands in a payload at SEARCH_KEYS, whole and in whatever case, for the scope read:payload alone; correlation: a correlation id; name: a part of the name of a function, a job, an event or a table; error: a part of the message of a failure'

const text = Nullable(Type.String())

export const SearchHitSchema = Type.Object(
  {
    kind: EnumParam(
      ['invocation', 'job', 'event', 'function', 'table'],
      'A row of invocations, jobs or events; or a name: of a function, a job, an event or a table',
    ),
    id: Nullable({ ...Id, description: 'Of the row; null: a name' }),
    invocationId: Nullable(Id),
    rootId: Nullable({
      ...Id,
      description: 'The root of its tree, which is one of trees; null: a name, or too many trees',
    }),
    name: { ...Type.String(), description: 'The name itself, or that of the function, the job or the event' },
    at: Nullable({ ...Instant, description: 'created_at of the row' }),
    status: text,
    errorMessage: Message,
    table: Nullable({ ...Type.String(), description: 'Of the record' }),
    recordId: Nullable({ ...Type.String(), description: 'Of the record' }),
    count: Nullable({ ...Count, description: 'Of a message: how many of the failures that were looked at have it' }),
  },
  { $id: 'SearchHit', title: 'SearchHit', description: 'What was found; fields that say nothing of it are null' },
)

export const SearchGroupSchema = Type.Object(
  {
    match: EnumParam(matches, MATCH),
    data: Type.Array(Ref(SearchHitSchema), {
      maxItems: MOST_HITS,
      description: 'Rows newest first; names that begin with the text first',
    }),
    more: Type.Boolean({ description: 'There are more hits than are shown' }),
  },
  { $id: 'SearchGroup', title: 'SearchGroup' },
)

export const NotSearchedSchema = Type.Object(
  {
    match: EnumParam(matches, 'What was not looked through'),
    why: Type.String(),
    since: Nullable({ ...Instant, description: 'What is older was not looked at; null: nothing of it was' }),
  },
  { $id: 'NotSearched', title: 'NotSearched' },
)

export const SearchSchema = Type.Object(
  {
    data: Type.Array(Ref(SearchGroupSchema), { description: 'The best match first; none without a hit' }),
    trees: Type.Array(Ref(FoundTreeSchema), { maxItems: MOST_TREES, description: 'The trees that the hits belong to' }),
    moreTrees: Type.Boolean({ description: 'The trees of some hits are not told' }),
    notSearched: Type.Array(Ref(NotSearchedSchema)),
    asOf: AsOf,
  },
  { $id: 'Search', title: 'Search' },
)

export const searchExample = {
  data: [
    {
      match: 'record',
      data: [
        {
          kind: 'invocation',
          id: foundTreeExample.root.id,
          invocationId: foundTreeExample.root.id,
          rootId: foundTreeExample.root.id,
          name: 'on-payment-captured',
          at: '2026-11-22T09:48:02.120000Z',
          status: 'completed',
          errorMessage: null,
          table: 'public.payments',
          recordId: '41885',
          count: null,
        },
      ],
      more: false,
    },
  ],
  trees: [foundTreeExample],
  moreTrees: false,
  notSearched: [{ match: 'error', why: 'something else was found; in=error looks through them', since: null }],
  asOf: '2026-11-22T10:00:00.000000Z',
}
