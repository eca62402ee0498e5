import { Link } from '@tanstack/react-router'
import { Ago, Moment } from './moment.tsx'

/** The newest trees of a row, the first told by its age and the others by their times, for three ages are often the same; `told` says to who does not see the column what they are trees of. */
export function Samples({
  samples,
  asOf,
  told,
}: {
  samples: ReadonlyArray<{ id: string; invocationId: string; at: string; message?: string | null }>
  asOf: string
  told: string
}) {
  return (
    <span className="samples">
      {samples.map(({ id, invocationId, at, message }, nth) => (
        <Link
          key={id}
          to="/trees/$id"
          params={{ id: invocationId }}
          search={{ selected: id }}
          title={message ?? undefined}
        >
          {nth === 0 ? <Ago at={at} asOf={asOf} /> : <Moment at={at} />}
          <span className="unseen">: {told}</span>
        </Link>
      ))}
    </span>
  )
}
