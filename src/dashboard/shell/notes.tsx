import { useQuery } from '@tanstack/react-query'
import { answerOf, client, statusOf } from '../ask/client.ts'

/** What should be known of all that is shown: that it is invented, that links are lost, or that the service is away. */
export function Notes() {
  const home = useQuery({
    queryKey: ['/'],
    queryFn: ({ signal }) => answerOf(client.GET('/', { signal })),
  })
  if (home.error && statusOf(home.error) !== 401)
    return (
      <p className="note note-failed" role="alert">
        {statusOf(home.error) === undefined ? 'The service does not answer.' : home.error.message} What is shown was
        read before; it is asked again every few seconds.
      </p>
    )
  return home.data?.warnings.map((warning) => (
    <p key={warning} className="note">
      {warning}
    </p>
  ))
}
