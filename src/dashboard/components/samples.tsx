import { Link } from '@tanstack/react-router'
import { Ago } from './moment.tsx'

/** The newest trees of a row, each told by its age; `told` says to who does not see the column what they are trees of. */
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
      {samples.map(({ id, invocationId, at, message }) => (
        <Link
          key={id}
          to="/trees/$id"
          params={{ id: invocationId }}
          search={{ selected: id }}
          title={message ?? undefined}
        >
          <Ago at={at} asOf={asOf} />
          <span className="unseen">: {told}</span>
        </Link>
      ))}
    </span>
  )
}
