import {
  createHashHistory,
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  retainSearchParams,
} from '@tanstack/react-router'
import { parseSearch, stringifySearch } from './ask/search-params.ts'
import { parseWindow, type WindowSearch } from './ask/window.ts'
import { Empty, Failed } from './components/answered.tsx'
import { parseChainsSearch } from './chains/search.ts'
import { parseCompareSearch } from './compare/search.ts'
import { parseDependenciesSearch } from './dependencies/search.ts'
import { parseFailuresSearch } from './failures/search.ts'
import { parseJobsSearch } from './jobs/search.ts'
import { parseLinksSearch } from './links/search.ts'
import { OverviewPage } from './overview/overview-page.tsx'
import { parseShapesSearch } from './shapes/search.ts'
import { Shell } from './shell/shell.tsx'
import { parseTreeSearch } from './tree/search.ts'

const root = createRootRoute({
  component: Shell,
  validateSearch: (search: Record<string, unknown>): WindowSearch => parseWindow(search),
  search: { middlewares: [retainSearchParams(['window', 'from', 'to'])] },
  notFoundComponent: () => <Empty title="There is no such view">Choose one on the left.</Empty>,
  errorComponent: ({ error, reset }) => (
    <Failed error={error instanceof Error ? error : new Error(String(error))} again={reset} />
  ),
})

const getParentRoute = () => root

const routes = [
  createRoute({ getParentRoute, path: '/', component: OverviewPage }),
  createRoute({
    getParentRoute,
    path: '/failures',
    validateSearch: parseFailuresSearch,
    component: lazyRouteComponent(() => import('./failures/failures-page.tsx'), 'FailuresPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/chains',
    validateSearch: parseChainsSearch,
    component: lazyRouteComponent(() => import('./chains/chains-page.tsx'), 'ChainsPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/dependencies',
    validateSearch: parseDependenciesSearch,
    component: lazyRouteComponent(() => import('./dependencies/dependencies-page.tsx'), 'DependenciesPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/jobs',
    validateSearch: parseJobsSearch,
    component: lazyRouteComponent(() => import('./jobs/jobs-page.tsx'), 'JobsPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/missing',
    component: lazyRouteComponent(() => import('./missing/missing-page.tsx'), 'MissingPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/shapes',
    validateSearch: parseShapesSearch,
    component: lazyRouteComponent(() => import('./shapes/shapes-page.tsx'), 'ShapesPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/links',
    validateSearch: parseLinksSearch,
    component: lazyRouteComponent(() => import('./links/links-page.tsx'), 'LinksPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/trees/$id',
    validateSearch: parseTreeSearch,
    component: lazyRouteComponent(() => import('./tree/tree-page.tsx'), 'TreePage'),
  }),
  createRoute({
    getParentRoute,
    path: '/trees/$id/compare',
    validateSearch: parseCompareSearch,
    component: lazyRouteComponent(() => import('./compare/compare-page.tsx'), 'ComparePage'),
  }),
  createRoute({
    getParentRoute,
    path: '/records/$table/$recordId',
    component: lazyRouteComponent(() => import('./records/record-page.tsx'), 'RecordPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/correlations/$correlationId',
    component: lazyRouteComponent(() => import('./correlations/correlation-page.tsx'), 'CorrelationPage'),
  }),
] as const

/** Behind the # of the URL: it needs no path of the server, works below any path of a proxy, and what one looks at is in no log. */
export const router = createRouter({
  routeTree: root.addChildren(routes),
  history: createHashHistory(),
  parseSearch,
  stringifySearch,
  defaultPreload: 'intent',
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
