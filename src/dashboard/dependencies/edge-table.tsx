import { Link } from '@tanstack/react-router'
import type { components } from '../../client/client.ts'
import { Arrow } from '../components/arrow.tsx'
import { Delta } from '../components/delta.tsx'
import { count, duration, percent } from '../format/numbers.ts'

type Edge = components['schemas']['DependencyEdge']

/** The same as the picture, in figures: one row an edge. */
export function EdgeTable({ edges }: { edges: readonly Edge[] }) {
  return (
    <div className="table-scroll panel" data-steady>
      <table className="stacked">
        <thead>
          <tr>
            <th>From → to</th>
            <th className="number">Times</th>
            <th className="number">Failed</th>
            <th className="number">Led to nothing</th>
            <th className="number">Lag p50</th>
            <th className="number">Lag p95</th>
            <th>Newest tree</th>
          </tr>
        </thead>
        <tbody>
          {edges.map((edge) => (
            <tr key={`${edge.source.kind} ${edge.source.name} ${edge.target.kind} ${edge.target.name}`}>
              <td>
                <span className="name">{edge.source.name}</span> <Arrow to="right" />{' '}
                <span className="name">{edge.target.name}</span>{' '}
                {edge.change !== undefined && edge.change !== 'same' && (
                  <span className={edge.change === 'changed' ? 'tag' : 'tag tag-new'}>
                    {edge.change}
                    {edge.changed !== undefined &&
                      edge.changed.length > 0 &&
                      `: ${edge.changed.map((each) => words[each]).join(', ')}`}
                  </span>
                )}
              </td>
              <td className="number" data-label="Times">
                {count(edge.times)}{' '}
                <Delta
                  now={edge.times}
                  before={edge.previous?.times}
                  noise={edge.changed?.includes('times') === false}
                />
              </td>
              <td className="number" data-label="Failed">
                <span className={edge.failed > 0 ? 'status-failed' : 'muted'}>{percent(edge.failureRate)}</span>{' '}
                <span className="muted">{count(edge.failed)}</span>
              </td>
              <td className="number" data-label="Led to nothing">
                {percent(edge.withoutRate)} <span className="muted">of {count(edge.runs)}</span>
              </td>
              <td className="number" data-label="Lag p50">
                {duration(edge.lagMs?.p50)}
              </td>
              <td className="number" data-label="Lag p95">
                {duration(edge.lagMs?.p95)}
              </td>
              <td data-label="Newest tree">
                <Link to="/trees/$id" params={{ id: edge.sampleId }} search={{ selected: edge.sampleId }}>
                  open
                </Link>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

const words = { times: 'how often', withoutRate: 'how often it is left out', failureRate: 'failure rate' } as const
