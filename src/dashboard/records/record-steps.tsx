import { Link } from '@tanstack/react-router'
import type { components } from '../../client/client.ts'
import { FoundTree } from '../components/found-tree.tsx'
import { Moment } from '../components/moment.tsx'
import { Status } from '../components/status.tsx'
import { duration } from '../format/numbers.ts'

type Schemas = components['schemas']

/** One row an event of the record: what it was, what it called, and what came of the tree in which that stands. `trees`: by the ids of their roots. */
export function RecordSteps({
  steps,
  trees,
}: {
  steps: readonly Schemas['RecordStep'][]
  trees: ReadonlyMap<string, Schemas['RecordTree']>
}) {
  return (
    <div className="table-scroll panel" data-steady>
      <table className="stacked">
        <thead>
          <tr>
            <th>When</th>
            <th>Event</th>
            <th>Function that it called</th>
            <th>Status</th>
            <th className="number">Took</th>
            <th>Its tree</th>
          </tr>
        </thead>
        <tbody>
          {steps.map(({ table, invocation, rootId }) => {
            const tree = trees.get(rootId ?? '')
            return (
              <tr key={invocation.id}>
                <td>
                  <Moment at={invocation.createdAt} />
                </td>
                <td data-label="Event">
                  {invocation.sourceOperation} <code className="muted">{table}</code>
                </td>
                <td data-label="Function">
                  <Link
                    to="/trees/$id"
                    params={{ id: invocation.id }}
                    search={{ selected: invocation.id }}
                    className="name"
                  >
                    {invocation.sourceFunction}
                  </Link>
                </td>
                <td data-label="Status">
                  <Status status={invocation.status} stale={invocation.stale} crashed={invocation.crashed} />
                </td>
                <td className="number" data-label="Took">
                  {duration(invocation.durationMs)}
                </td>
                <td data-label="Its tree">
                  {tree === undefined ? <span className="muted">not looked at</span> : <FoundTree tree={tree} />}
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}
