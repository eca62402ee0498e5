import type { Change } from './changes.ts'

/** What the event changed in the record. */
export function ChangesTable({ changes }: { changes: readonly Change[] }) {
  const same = changes.filter(({ kind }) => kind === 'same').length
  return (
    <>
      <div className="table-scroll">
        <table className="changes">
          <thead>
            <tr>
              <th scope="col">Field</th>
              <th scope="col">Before</th>
              <th scope="col">After</th>
            </tr>
          </thead>
          <tbody>
            {changes
              .filter(({ kind }) => kind !== 'same')
              .map(({ field, kind, before, after }) => (
                <tr key={field} className={`change-${kind}`}>
                  <th scope="row">{field}</th>
                  <td>{before === null ? <span className="muted">–</span> : <del>{short(before)}</del>}</td>
                  <td>{after === null ? <span className="muted">–</span> : <ins>{short(after)}</ins>}</td>
                </tr>
              ))}
          </tbody>
        </table>
      </div>
      {same > 0 && <p className="hint">{same === 1 ? '1 field' : `${same} fields`} stayed as before.</p>}
    </>
  )
}

/** The payload below tells the rest. */
function short(json: string): string {
  return json.length > 200 ? `${json.slice(0, 199)}…` : json
}
