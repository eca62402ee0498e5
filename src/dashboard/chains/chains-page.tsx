import { ViewHead } from '../shell/view-head.tsx'

export function ChainsPage() {
  return <ViewHead title="Chains" />
}
