import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import test, { type TestContext } from 'node:test'
import { assertContract, type Envelope, type JaegerTrace } from './support/jaeger.ts'
import { parsePage } from './support/prometheus.ts'
import { addEvent, addInvocation, addJob } from './support/rows.ts'
import { service } from './support/service.ts'

const deploy = new URL('../deploy/', import.meta.url)
const textOf = (path: string): string => readFileSync(new URL(path, deploy), 'utf8')

interface Target {
  datasource: { type: string; uid: string }
  expr?: string
  query?: string
  url?: string
  root_selector?: string
  columns?: Array<{ selector: string }>
}

interface Dashboard {
  uid: string
  panels: Array<{ title: string; targets: Target[] }>
}

const dashboards = readdirSync(new URL('grafana/dashboards/', deploy)).map(
  (name) => JSON.parse(textOf(`grafana/dashboards/${name}`)) as Dashboard,
)
const targets = dashboards.flatMap(({ panels }) =>
  panels.flatMap(({ title, targets: own }) => own.map((target) => ({ title, target }))),
)

/** A service with something of everything that rules and dashboards ask for. */
async function withRows(t: TestContext) {
  const worker = {
    state: () => undefined,
    figures: () => ({ holdsLease: true, tasks: [{ name: 'links', failures: 0, age: 1000 }] }),
  }
  const { app, pool } = await service(t, { anonymousScopes: ['read', 'metrics'], worker })
  await app.readFigures()
  const root = await addInvocation(pool, { status: 'failed' })
  const job = await addJob(pool, root, { status: 'failed', error_message: 'Card declined' })
  await addEvent(pool, await addInvocation(pool, { source_job_id: job }), { status: 'handler_failed' })
  const old = { created_at: '2026-01-01T00:00:00Z', updated_at: '2026-01-01T00:00:00Z', status: 'running' }
  await addJob(pool, await addInvocation(pool, { ...old, total_duration_ms: null }), { ...old, duration_ms: null })
  // What the worker counts of links comes with its first look; the page tells it then.
  await app.readFigures()
  // The first page is among the answers that the second one tells of.
  await app.inject('/metrics')
  const page = parsePage((await app.inject('/metrics')).body)
  return { app, root, page }
}

/** The families that an expression names, with the labels that it compares or groups by. */
function familiesIn(expr: string): string[] {
  return Array.from(expr.matchAll(/\bevent_detector_\w+/g), ([name]) => name)
}

test('the alert rules and the dashboards ask for families that the page has, and no sum counts runs twice', async (t) => {
  const { page } = await withRows(t)
  const rules = Array.from(textOf('prometheus/alerts.yml').matchAll(/^ +expr: (.+)$/gm), ([, expr = '']) => expr)
  const panels = targets.flatMap(({ target }) => (target.expr === undefined ? [] : [target.expr]))
  assert.ok(rules.length >= 6 && panels.length >= 10)
  for (const expr of [...rules, ...panels]) {
    const names = familiesIn(expr)
    assert.ok(names.length > 0, expr)
    for (const name of names) {
      const family = name.replace(/_(bucket|count|sum)$/, '')
      const found = page.get(name) ?? page.get(family)
      assert.ok(found, `${expr}: there is no ${name}`)
      if (name !== 'event_detector_links') assert.ok(found.series.size > 0, `${name} has no series`)
      if (/_(job|invocation)_?\w*_total$|_job_duration/.test(name))
        assert.match(expr, /max without \(instance\)/, 'every replica counts the same runs')
    }
  }
})

test('each query of the dashboards is answered by the service, with the columns that it shows', async (t) => {
  const { app, root } = await withRows(t)
  const now = Date.now()
  const filled = (text: string): string =>
    text
      .replaceAll('${id}', root)
      .replaceAll('${__from:date:iso}', new Date(now - 86_400_000).toISOString())
      .replaceAll('${__to:date:iso}', new Date(now + 60_000).toISOString())
  let asked = 0
  for (const { title, target } of targets) {
    const { type } = target.datasource
    if (type === 'yesoreyeram-infinity-datasource') {
      const url = filled(target.url ?? '').replace('http://service:3000', '')
      // Infinity prefers text, and says so.
      const headers = { accept: 'application/json;q=0.9,text/plain', 'user-agent': 'Grafana' }
      const { statusCode, body } = await app.inject({ url, headers })
      assert.equal(statusCode, 200, `${title}: ${body.slice(0, 300)}`)
      const rows = (JSON.parse(body) as Record<string, unknown[]>)[target.root_selector ?? '']
      assert.ok(rows && rows.length > 0, `${title} shows nothing`)
      for (const { selector } of target.columns ?? [])
        assert.ok(
          rows.some((row) => at(row, selector) !== undefined),
          `${title} has no ${selector}`,
        )
      asked += 1
    } else if (type === 'jaeger') {
      const { statusCode, body } = await app.inject(
        `/jaeger/api/traces/${filled(target.query ?? '')}?start=${now}&end=${now}`,
      )
      assert.equal(statusCode, 200)
      assert.equal(assertContract<Envelope<JaegerTrace>>('traces', body).data.length, 1)
      asked += 1
    } else assert.equal(type, 'prometheus', title)
  }
  assert.ok(asked >= 6)
})

test('the data sources of the dashboards are those that are provisioned', () => {
  const provisioned = textOf('grafana/provisioning/datasources/datasources.yml')
  for (const { target, title } of targets) {
    assert.ok(provisioned.includes(`uid: ${target.datasource.uid}\n    type: ${target.datasource.type}\n`), title)
  }
  assert.equal(new Set(dashboards.map(({ uid }) => uid)).size, dashboards.length)
})

function at(row: unknown, selector: string): unknown {
  return selector.split('.').reduce<unknown>((value, key) => (value as Record<string, unknown> | null)?.[key], row)
}
