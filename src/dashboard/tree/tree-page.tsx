import { getRouteApi } from '@tanstack/react-router'
import { ViewHead } from '../shell/view-head.tsx'
import type { TreeSearch } from './search.ts'

const route = getRouteApi('/trees/$id')

/** The tree around an invocation or a job, by the id and the search of the URL. */
export function TreePage() {
  const { id } = route.useParams()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const change = (next: Partial<TreeSearch>): void =>
    void navigate({ search: (before) => ({ ...before, ...next }), replace: true })
  return <Tree id={id} search={search} change={change} />
}

interface TreeProps {
  /** Of an invocation or a job. */
  id: string
  search: TreeSearch
  /** Writes into the URL; undefined takes away. */
  change: (next: Partial<TreeSearch>) => void
}

function Tree({ id }: TreeProps) {
  return (
    <>
      <ViewHead title="Tree" />
      <p>
        <code>{id}</code>
      </p>
    </>
  )
}
