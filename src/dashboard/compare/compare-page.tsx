import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { answerOf, client } from '../ask/client.ts'
import { Answered, Empty } from '../components/answered.tsx'
import { count } from '../format/numbers.ts'
import { ViewHead } from '../shell/view-head.tsx'
import { DifferenceTable } from './difference-table.tsx'
import { OtherShapes } from './other-shapes.tsx'
import { OtherTree } from './other-tree.tsx'
import { TwoShapes } from './two-shapes.tsx'

const route = getRouteApi('/trees/$id/compare')

/** How a tree differs from what is usual, or from another tree. */
export function ComparePage() {
  const { id } = route.useParams()
  const { with: other } = route.useSearch()
  const navigate = route.useNavigate()
  const compared = useQuery({
    queryKey: ['/trees/{id}/compare', id, other],
    queryFn: ({ signal }) => {
      const query = { from: 'root' as const, ...(other !== undefined && { with: other }) }
      return answerOf(client.GET('/trees/{id}/compare', { params: { path: { id }, query }, signal }))
    },
    placeholderData: keepPreviousData,
  })
  const change = (next: string | undefined): void =>
    void navigate({ search: (before) => ({ ...before, with: next }), replace: true })
  return (
    <>
      <ViewHead
        title={other === undefined ? 'Compared with what is usual' : 'Two trees compared'}
        asOf={compared.data?.asOf}
      >
        <Link to="/trees/$id" params={{ id }}>
          Open the tree
        </Link>
      </ViewHead>
      <OtherTree other={other} change={change} />
      <Answered of={compared} rows={8}>
        {(comparison) => (
          <>
            <p className={comparison.differences.count === 0 ? 'verdict verdict-same' : 'verdict'}>
              {comparison.verdict}
            </p>
            {comparison.open && (
              <p className="note">The tree runs still, or something in it is stale: what is missing may still come.</p>
            )}
            {comparison.truncated && (
              <p className="note">
                Not all of the tree was compared: it was cut at {count(comparison.truncated.limit)}{' '}
                {comparison.truncated.reason.replace('max-', '')}.
              </p>
            )}
            <TwoShapes comparison={comparison} />
            {comparison.differences.data.length === 0 ? (
              <Empty title="No difference">Every function and job stands where it should, and took no longer.</Empty>
            ) : (
              <DifferenceTable
                differences={comparison.differences}
                rootId={comparison.rootId}
                withTree={comparison.with !== null}
              />
            )}
            <OtherShapes rootId={comparison.rootId} hash={comparison.shape.hash} change={change} />
          </>
        )}
      </Answered>
    </>
  )
}
