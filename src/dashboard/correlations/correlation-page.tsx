import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { answerOf, client } from '../ask/client.ts'
import { Answered, Empty } from '../components/answered.tsx'
import { counted } from '../format/numbers.ts'
import { ViewHead } from '../shell/view-head.tsx'
import { CorrelatedTrees } from './correlated-trees.tsx'

const route = getRouteApi('/correlations/$correlationId')

/** All trees in which a correlation id stands, which may be several, in the order of their starts. */
export function CorrelationPage() {
  const { correlationId } = route.useParams()
  const found = useQuery({
    queryKey: ['/correlations', correlationId],
    queryFn: ({ signal }) =>
      answerOf(client.GET('/correlations/{correlationId}', { params: { path: { correlationId } }, signal })),
    placeholderData: keepPreviousData,
  })
  return (
    <>
      <ViewHead title={`Correlation ${correlationId}`} asOf={found.data?.asOf}>
        {found.data && (
          <span className="muted">
            {counted(found.data.invocations, 'invocation')} in {counted(found.data.trees.length, 'tree')}
          </span>
        )}
        {found.data && found.data.trees.length > 0 && (
          <Link
            to="/chains"
            search={{
              correlationId: [correlationId],
              from: found.data.startedAt,
              to: found.data.endedAt ?? undefined,
              window: undefined,
            }}
          >
            Its links
          </Link>
        )}
      </ViewHead>
      <Answered of={found} rows={8}>
        {({ trees, more }) => (
          <>
            {more && (
              <p className="note">
                There are more invocations with this id, or more trees, than are shown: the newest 1,000 invocations
                were looked at.
              </p>
            )}
            {trees.length === 0 ? <Empty title="No tree has this correlation id" /> : <CorrelatedTrees trees={trees} />}
          </>
        )}
      </Answered>
    </>
  )
}
