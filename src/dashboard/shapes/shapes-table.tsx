import { Link } from '@tanstack/react-router'
import type { components } from '../../client/client.ts'
import { Ago } from '../components/moment.tsx'
import { ShapeLine } from '../components/shape-line.tsx'
import { SortHead } from '../components/sort-head.tsx'
import { count, duration, percent } from '../format/numbers.ts'
import type { ShapesSearch } from './search.ts'

type Sort = NonNullable<ShapesSearch['sort']>

/** One row a shape, with the way to its newest tree. */
export function ShapesTable({
  shapes,
  asOf,
  sort,
  change,
}: {
  shapes: ReadonlyArray<components['schemas']['ShapeFigures']>
  asOf: string
  sort: Sort
  change: (sort: Sort) => void
}) {
  const head = { sort, change, number: true }
  return (
    <div className="table-scroll panel" data-steady>
      <table className="stacked">
        <thead>
          <tr>
            <th>Shape</th>
            <SortHead label="Trees" by="-trees" {...head} />
            <SortHead label="Invocations each" by="-invocations" {...head} />
            <SortHead label="Failed" by="-failureRate" {...head} />
            <th className="number">p50</th>
            <SortHead label="p95" by="-p95" {...head} />
            <SortHead label="Last" by="-lastSeen" {...head} />
            <th>Its newest tree</th>
          </tr>
        </thead>
        <tbody>
          {shapes.map((shape) => (
            <tr key={shape.hash}>
              <td>
                <span className="name">{shape.rootFunction}</span> <code className="muted">{shape.hash}</code>
                <span className="cause">
                  <ShapeLine line={shape.line} />
                </span>
              </td>
              <td className="number" data-label="Trees">
                {count(shape.trees)}
              </td>
              <td className="number" data-label="Invocations">
                {count(shape.invocations)}
              </td>
              <td className="number" data-label="Failed">
                <span className={shape.failed > 0 ? 'status-failed' : 'muted'}>{percent(shape.failureRate)}</span>
              </td>
              <td className="number" data-label="p50">
                {duration(shape.durationMs?.p50)}
              </td>
              <td className="number" data-label="p95">
                {duration(shape.durationMs?.p95)}
              </td>
              <td className="number" data-label="Last">
                <Ago at={shape.lastSeen} asOf={asOf} />
              </td>
              <td data-label="Its newest tree">
                <span className="samples">
                  <Link to="/trees/$id" params={{ id: shape.sampleId }}>
                    Open<span className="unseen"> the newest tree of the shape {shape.hash}</span>
                  </Link>
                  <Link to="/trees/$id/compare" params={{ id: shape.sampleId }}>
                    Compare<span className="unseen"> the newest tree of the shape {shape.hash}</span>
                  </Link>
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
