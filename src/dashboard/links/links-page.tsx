import { ViewHead } from '../shell/view-head.tsx'

export function LinksPage() {
  return <ViewHead title="Links" />
}
