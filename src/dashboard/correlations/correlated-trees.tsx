import type { components } from '../../client/client.ts'
import { FoundTree } from '../components/found-tree.tsx'
import { Moment } from '../components/moment.tsx'
import { count, duration } from '../format/numbers.ts'

/** One row a tree, with how much of it has the correlation id. */
export function CorrelatedTrees({ trees }: { trees: ReadonlyArray<components['schemas']['CorrelatedTree']> }) {
  return (
    <div className="table-scroll panel" data-steady>
      <table className="stacked">
        <thead>
          <tr>
            <th>Started</th>
            <th>Tree</th>
            <th className="number">Took</th>
            <th className="number">Invocations</th>
            <th className="number">With this id</th>
            <th className="number">Jobs</th>
          </tr>
        </thead>
        <tbody>
          {trees.map((tree) => (
            <tr key={tree.root.id}>
              <td>
                <Moment at={tree.startedAt} />
              </td>
              <td>
                <FoundTree tree={tree} />
              </td>
              <td className="number" data-label="Took">
                {duration(tree.durationMs)}
              </td>
              <td className="number" data-label="Invocations">
                {count(tree.invocations)}
                {!tree.complete && ' or more'}
              </td>
              <td className="number" data-label="With this id">
                {count(tree.correlated)}
              </td>
              <td className="number" data-label="Jobs">
                {count(tree.jobs)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
