import { ViewHead } from '../shell/view-head.tsx'

export function DependenciesPage() {
  return <ViewHead title="Dependencies" />
}
