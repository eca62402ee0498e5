import { ViewHead } from '../shell/view-head.tsx'

export function OverviewPage() {
  return <ViewHead title="Overview" />
}
