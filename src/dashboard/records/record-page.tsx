import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { answerOf, client } from '../ask/client.ts'
import { Empty, Failed, Waiting } from '../components/answered.tsx'
import { Moment } from '../components/moment.tsx'
import { counted } from '../format/numbers.ts'
import { ViewHead } from '../shell/view-head.tsx'
import { RecordSteps } from './record-steps.tsx'

const route = getRouteApi('/records/$table/$recordId')

/** What happened to one record: what its events caused, newest first, over all time. */
export function RecordPage() {
  const { table, recordId } = route.useParams()
  const history = useInfiniteQuery({
    queryKey: ['/records', table, recordId],
    queryFn: ({ pageParam, signal }) => {
      const query = pageParam === null ? {} : { cursor: pageParam }
      const path = { table, recordId }
      return answerOf(client.GET('/records/{table}/{recordId}', { params: { path, query }, signal }))
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ page }) => page.nextCursor,
  })
  const pages = history.data?.pages ?? []
  const steps = pages.flatMap(({ data }) => data)
  const trees = new Map(pages.flatMap((page) => page.trees.map((tree) => [tree.root.id, tree])))
  const [first] = pages
  const last = pages.at(-1)
  return (
    <>
      <ViewHead title={`${table}:${recordId}`} asOf={first?.asOf}>
        {first && (
          <span className="muted">
            {counted(steps.length, 'event')}
            {history.hasNextPage && ' so far'}
          </span>
        )}
      </ViewHead>
      {first === undefined ? (
        history.error ? (
          <Failed error={history.error} again={() => void history.refetch()} />
        ) : (
          <Waiting rows={10} />
        )
      ) : (
        <>
          {first.note && <p className="note">{first.note}</p>}
          {last?.since && (
            <p className="note">
              One request looks at a part of the invocations alone: these are since <Moment at={last.since} />.
            </p>
          )}
          {steps.length === 0 ? (
            <Empty title="No event of this record is known">
              The id stands as the payloads have it, and the table with or without its schema.
            </Empty>
          ) : (
            <RecordSteps steps={steps} trees={trees} />
          )}
          {history.hasNextPage && (
            <button
              type="button"
              className="button older"
              disabled={history.isFetchingNextPage}
              onClick={() => void history.fetchNextPage()}
            >
              Show older events
            </button>
          )}
        </>
      )}
    </>
  )
}
