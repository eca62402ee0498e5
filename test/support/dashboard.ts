import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { Page } from 'playwright-core'
import { openPage } from './browser.ts'
import { built } from './built.ts'
import { patience } from './patience.ts'
import { service, type Service, type Settings } from './service.ts'
import { onTeardown } from './teardown.ts'

/** The service with its dashboard in a browser. */
export interface Dashboard extends Service {
  page: Page
  /** What the page has told of errors; whoever expects some takes them out. */
  errors: string[]
  /** Goes to what stands behind the # of a URL. */
  open: (hash: string) => Promise<void>
}

/** On a database of its own. An error that the page tells, or a request that leaves the service, fails the test. */
export async function dashboard(t: TestContext, settings: Partial<Settings> = {}): Promise<Dashboard> {
  const shown = await service(t, { dashboard: join(await built(), 'dist/dashboard'), ...settings })
  const url = await shown.listen()
  const { page, abroad, errors } = await openPage(t)
  page.setDefaultTimeout(patience(20_000))
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text())
  })
  onTeardown(t, () => assert.deepEqual({ errors, abroad }, { errors: [], abroad: [] }))
  return {
    ...shown,
    page,
    errors,
    open: async (hash) => {
      await page.goto(`${url}/#${hash}`)
    },
  }
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What is wrong with the page by the rules of WCAG 2.2 AA, a line each: the rule, and where. */
export async function barriers(page: Page): Promise<string[]> {
  await page.evaluate(axe)
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: {
        run: (
          options: object,
        ) => Promise<{ violations: Array<{ id: string; nodes: Array<{ target: unknown[]; failureSummary: string }> }> }>
      }
    }
    const { violations } = await axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary}`),
    )
  })
}
