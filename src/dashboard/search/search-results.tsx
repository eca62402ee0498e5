import { Link } from '@tanstack/react-router'
import type { components } from '../../client/client.ts'
import { Empty } from '../components/answered.tsx'
import { Ago } from '../components/moment.tsx'
import { RowParts } from '../components/row-parts.tsx'
import { Status } from '../components/status.tsx'
import { count } from '../format/numbers.ts'

type Schemas = components['schemas']
type Hit = Schemas['SearchHit']

const titles: Record<Schemas['SearchGroup']['match'], string> = {
  id: 'Ids',
  record: 'Records',
  personal: 'Personal keys',
  correlation: 'Correlation ids',
  name: 'Names',
  error: 'Messages',
}

/** What was found, the best match first, and what was not looked through. */
export function SearchResults({
  found: { data, trees, notSearched, asOf },
  text,
  messagesOffered,
}: {
  found: Schemas['Search']
  text: string
  /** A button beside it searches the messages, so they need no word. */
  messagesOffered: boolean
}) {
  return (
    <>
      {data.length === 0 && <Empty title={`Nothing was found for “${text}”`} />}
      {data.map(({ match, data: hits, more }) => (
        <section key={match} aria-label={titles[match]}>
          <h3 className="search-group">
            {titles[match]} {more && <span className="muted">the first {count(hits.length)}</span>}
          </h3>
          <ul className="rows">
            {hits.map((hit) => (
              <li key={`${hit.kind} ${hit.id} ${hit.name} ${hit.errorMessage}`}>
                <HitLink hit={hit} tree={trees.find(({ root }) => root.id === hit.rootId)} asOf={asOf} />
              </li>
            ))}
          </ul>
        </section>
      ))}
      {notSearched
        .filter(({ match }) => match !== 'error' || !messagesOffered)
        .map(({ match, why }) => (
          <p key={match} className="hint">
            {titles[match]} were not searched: {why}.
          </p>
        ))}
    </>
  )
}

function HitLink({ hit, tree, asOf }: { hit: Hit; tree: Schemas['FoundTree'] | undefined; asOf: string }) {
  const [failure] = tree?.failures.data ?? []
  const told = (
    <RowParts
      main={
        <>
          <span className="name">{hit.name}</span> <span className="tag">{hit.kind}</span>
          {hit.table !== null && (
            <span className="muted">
              {' '}
              {hit.table}:{hit.recordId}
            </span>
          )}
        </>
      }
      sub={
        hit.errorMessage ??
        (failure === undefined
          ? (tree?.root.sourceFunction ?? '')
          : `failed: ${failure.name}: ${failure.errorMessage ?? ''}`)
      }
      figure={tree === undefined ? hit.status : <Status status={tree.status} stale={tree.status === 'stale'} />}
      end={hit.at !== null && <Ago at={hit.at} asOf={asOf} />}
    />
  )
  if (hit.invocationId !== null)
    return (
      <Link
        to="/trees/$id"
        params={{ id: hit.invocationId }}
        search={{ selected: hit.id ?? undefined }}
        className="row-link"
      >
        {told}
      </Link>
    )
  if (hit.kind === 'table') return <span className="row-link">{told}</span>
  const of = { job: 'jobs', function: 'functions', event: 'events', invocation: 'functions' } as const
  return (
    <Link to="/jobs" search={{ of: of[hit.kind], name: hit.name }} className="row-link">
      {told}
    </Link>
  )
}
