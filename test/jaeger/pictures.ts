import assert from 'node:assert/strict'
import { join } from 'node:path'
import test, { after } from 'node:test'
import { loadDemo } from '../../src/demo/load.ts'
import { openPage } from '../support/browser.ts'
import { patience } from '../support/patience.ts'
import { service } from '../support/service.ts'
import { proxied, type Asked } from './ui.ts'

/**
 * `JAEGER_UI=FOLDER node --import tsx test/run.ts test/jaeger/pictures.ts`: Jaeger's own UI, built into a folder, on demo data behind a proxy: it finds traces, shows one,
 * compares two and draws the dependencies. Makes the pictures of docs/jaeger.md.
 */
const BUILT = process.env['JAEGER_UI']
const FOLDER = join(import.meta.dirname, '../../docs/screenshots')

interface Summaries {
  summaries: Array<{ traceId: string; spanCount: number }>
}

after(() => {
  if (BUILT === undefined) process.stderr.write("\nSKIPPED: JAEGER_UI names no folder with Jaeger's UI\n")
})

test(
  "Jaeger's UI finds traces, shows one, compares two, and draws dependencies",
  { skip: BUILT === undefined },
  async (t) => {
    const { listen, url } = await service(t)
    await loadDemo(url, { invocations: 5000, seed: 1 })
    const asked: Asked[] = []
    const ui = await proxied(t, BUILT ?? '', await listen(), asked)
    const { page, errors } = await openPage(t)
    page.setDefaultTimeout(patience(20_000))
    await page.setViewportSize({ width: 1440, height: 900 })
    const picture = async (name: string, path: string, shows: string): Promise<void> => {
      await page.goto(`${ui}${path}`)
      await page.locator(shows).first().waitFor({ state: 'attached' })
      await page.screenshot({ path: join(FOLDER, `jaeger-${name}.jpg`), type: 'jpeg', quality: 70 })
      assert.deepEqual(
        asked.filter(({ status }) => status !== 200),
        [],
      )
    }
    const now = Date.now()
    const week = 7 * 86_400_000
    await picture(
      'search',
      `/search?service=on-order-created&lookback=7d&limit=20&start=${(now - week) * 1000}&end=${now * 1000}`,
      '.ResultItem',
    )
    const { summaries } = (await (await fetch(`${ui}${asked.at(-1)?.path}`)).json()) as Summaries
    assert.equal(await page.locator('.ResultItem').count(), summaries.length)
    const [large, one, other] = summaries.toSorted((a, b) => b.spanCount - a.spanCount)
    assert.ok(large && one && other)
    await picture('trace', `/trace/${large.traceId}`, '.span-row')
    assert.match(await page.locator('body').innerText(), new RegExp(`Total Spans\\s*${large.spanCount}\\b`))
    await picture('compare', `/trace/${one.traceId}...${other.traceId}`, '.plexus-Digraph--SvgEdge')
    await picture('dependencies', '/dependencies', '.plexus-Digraph--SvgEdge')
    assert.deepEqual(errors, [])
  },
)
