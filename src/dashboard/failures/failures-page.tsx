import { ViewHead } from '../shell/view-head.tsx'

export function FailuresPage() {
  return <ViewHead title="Failures" />
}
