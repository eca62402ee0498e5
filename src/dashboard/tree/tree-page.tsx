import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { Answered, Empty } from '../components/answered.tsx'
import { ViewHead } from '../shell/view-head.tsx'
import { useRest } from './ask/rest.ts'
import { useTree, type Levels } from './ask/tree.ts'
import type { TreeSearch } from './search.ts'
import { TreeScreen } from './tree-screen.tsx'
import { useSteps } from './control/use-steps.ts'
import './tree.css'

const route = getRouteApi('/trees/$id')

/** The tree around an invocation or a job, by the id and the search of the URL. */
export function TreePage() {
  const { id } = route.useParams()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const [levels, setLevels] = useState<Levels>()
  const asked = useTree(id, levels)
  const rest = useRest(asked.data)
  const steps = useSteps(rest.nodes)
  const [root] = steps
  const change = (next: Partial<TreeSearch>): void =>
    // Where the list is scrolled to is not what the router remembers of an earlier URL.
    void navigate({ search: (before) => ({ ...before, ...next }), replace: true, resetScroll: false })
  if (asked.data === undefined || root === undefined)
    return (
      <>
        <ViewHead title="Tree" />
        <Answered of={asked} rows={14}>
          {() => <Empty title="This tree has no invocation" />}
        </Answered>
      </>
    )
  return (
    <TreeScreen
      key={root.id}
      id={id}
      asked={asked.data}
      rest={rest}
      steps={steps}
      root={root}
      search={search}
      change={change}
      loadLevels={setLevels}
    />
  )
}
