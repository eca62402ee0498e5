import { ViewHead } from '../shell/view-head.tsx'

export function JobsPage() {
  return <ViewHead title="Jobs" />
}
