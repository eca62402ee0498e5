import { useQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { answerOf, client } from '../ask/client.ts'
import { windowQuery } from '../ask/window.ts'
import { Panel } from '../components/panel.tsx'
import { RowParts } from '../components/row-parts.tsx'
import { ShapeLine } from '../components/shape-line.tsx'
import { count, percent } from '../format/numbers.ts'

/** The other shapes of the window that begin with the same function, each with its newest tree to compare with. Nothing while that is not known. */
export function OtherShapes({
  rootId,
  hash,
  change,
}: {
  rootId: string
  hash: string
  change: (other: string) => void
}) {
  const window = windowQuery(useSearch({ from: '__root__' }))
  const shapes = useQuery({
    queryKey: ['/shapes', 'of', rootId, window],
    queryFn: async ({ signal }) => {
      const root = await answerOf(client.GET('/invocations/{id}', { params: { path: { id: rootId } }, signal }))
      const query = { ...window, rootFunction: [root.sourceFunction], limit: 20 }
      return answerOf(client.GET('/shapes', { params: { query }, signal }))
    },
    meta: { once: true },
    staleTime: 60_000,
  })
  const others = shapes.data?.data.filter((shape) => shape.hash !== hash) ?? []
  if (others.length === 0) return null
  return (
    <Panel title="Other shapes of this window that begin with the same function">
      <ul className="rows" data-steady>
        {others.map((shape) => (
          <li key={shape.hash}>
            <button type="button" className="row-link" onClick={() => change(shape.sampleId)}>
              <RowParts
                main={<ShapeLine line={shape.line} />}
                sub="Compare with the newest of them"
                figure={`${count(shape.trees)} ×`}
                end={`${percent(shape.failureRate)} failed`}
              />
            </button>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
