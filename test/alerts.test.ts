import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { after, type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { pino } from 'pino'
import { countedLinks } from '../src/domain/link/counts.ts'
import { examinerOf } from '../src/workers/links/examine.ts'
import { linkTask } from '../src/workers/links/task.ts'
import { startWorker, type Worker } from '../src/workers/worker.ts'
import { parsePage, type Family } from './support/prometheus.ts'
import { addEvent, addInvocation, addJob } from './support/rows.ts'
import { service } from './support/service.ts'
import { onTeardown } from './support/teardown.ts'
import { until } from './support/until.ts'

// The rules of deploy/prometheus on the series of a page as the service writes it: promtool evaluates them, where it is installed.

const RULES = fileURLToPath(new URL('../deploy/prometheus/alerts.yml', import.meta.url))
/** Minutes after which it is looked which alerts fire; each series has a value a minute until 5 minutes later. */
const LOOK = 85

interface Case {
  /** The series that decide. */
  family: string
  where?: string
  /** Their values while all is well, and when the alert is to fire, in promtool's notation. */
  quiet: string
  loud: string
  /** What the alert calls its value then. */
  value: string
}

const cases: Record<string, Case> = {
  JobFails: { family: 'job_failures_total', quiet: '0+1x90', loud: '0+8x90', value: '0.8' },
  InvocationCrashes: { family: 'invocation_crashes_total', quiet: '3x90', loud: '3+1x90', value: '10' },
  JobsStuck: { family: 'jobs_stuck', quiet: '0x90', loud: '2x90', value: '2' },
  LinksLost: { family: 'links', where: 'state="recoverable"', quiet: '0x90', loud: '5x90', value: '5' },
  ObservabilityNotReady: { family: 'ready', quiet: '1x90', loud: '0x90', value: '0' },
  ObservabilityRefuses: { family: 'http_requests_refused_total', quiet: '0+30x90', loud: '0+120x90', value: '2' },
  ObservabilityWorker: { family: 'worker_task_age_seconds', quiet: '3x90', loud: '0+60x90', value: `${LOOK * 60}` },
  ObservabilityFigures: { family: 'figures_age_seconds', quiet: '15x90', loud: '0+60x90', value: `${LOOK * 60}` },
}
/** Of 10 runs a minute one may fail. */
const meanwhile: Record<string, string> = { job_runs_total: '0+10x90' }

/** The page of a service in whose database something failed, crashed and is stuck, and whose worker has counted links. */
async function scraped(t: TestContext): Promise<string> {
  let worker: Worker | undefined
  const { app, pool, url } = await service(t, {
    anonymousScopes: ['read', 'metrics'],
    worker: { state: () => undefined, figures: () => worker?.figures() },
  })
  await app.readFigures()
  const root = await addInvocation(pool)
  await addJob(pool, root, { status: 'failed' })
  await addEvent(pool, root, { status: 'handler_failed' })
  const old = { created_at: '2026-01-01T00:00:00Z', updated_at: '2026-01-01T00:00:00Z', status: 'running' }
  await addJob(pool, await addInvocation(pool, { ...old, total_duration_ms: null }), { ...old, duration_ms: null })
  const log = pino({ level: 'silent' })
  const task = { examiner: examinerOf({ maxAge: 3_600_000, paths: [] }), mend: false, log }
  worker = startWorker({
    connection: { connectionString: url },
    tasks: (signal) => [linkTask(task, signal)],
    refuseToWrite: async () => undefined,
    log,
  })
  onTeardown(t, () => worker.stop())
  return until('the worker has counted links', async () => {
    await app.readFigures()
    const { body } = await app.inject('/metrics')
    return body.includes('links{state="recoverable"}') && body.includes('worker_task_age_seconds{') ? body : undefined
  })
}

interface Rule {
  alert: string
  summary: string
}

const rules = Array.from(
  readFileSync(RULES, 'utf8').matchAll(/- alert: (\w+)\n[^]*?summary: '(.+)'\n/g),
  ([, alert = '', summary = '']): Rule => ({ alert, summary }),
)

/** The series of the family that decides, with the labels that Prometheus has of them. */
function deciding(page: Map<string, Family>, alert: string): Array<Record<string, string>> {
  const { family, where = '' } = cases[alert] ?? assert.fail(`there is no case for ${alert}`)
  const keys = [...(page.get(`event_detector_${family}`)?.series.keys() ?? [])]
  return keys.filter((key) => key.includes(where)).map(labelsOf)
}

/** With the labels of the target; `job` is the series' own if it has one (honor_labels). */
function labelsOf(key: string): Record<string, string> {
  const own = Array.from(key.matchAll(/(\w+)="([^"]*)"/g), ([, name = '', value = '']) => [name, value])
  return { job: 'event-detector-observability', instance: 'a:3000', ...Object.fromEntries(own) }
}

const withoutPromtool = spawnSync('promtool', ['--version']).status !== 0
after(() => {
  if (withoutPromtool) process.stderr.write('\nSKIPPED: no alert was seen to fire: promtool cannot be started here\n')
})

test('every alert decides by series that the page has, names labels of theirs, and fires when it should and not before', async (t) => {
  const body = await scraped(t)
  const page = parsePage(body)
  assert.deepEqual(rules.map(({ alert }) => alert).toSorted(), Object.keys(cases).toSorted())
  for (const { alert, summary } of rules) {
    const series = deciding(page, alert)
    assert.ok(series.length > 0, alert)
    for (const [, label = ''] of summary.matchAll(/\$labels\.(\w+)/g))
      for (const labels of series) assert.ok(Object.hasOwn(labels, label), `${alert} names ${label}`)
  }
  assert.deepEqual(
    [...(page.get('event_detector_links')?.series.keys() ?? [])],
    countedLinks.map((state) => `event_detector_links{state="${state}"}`),
  )
  if (withoutPromtool) return
  promtool(['check', 'metrics'], body)
  promtool(['check', 'rules', RULES])
  const folder = mkdtempSync(join(tmpdir(), 'alerts-'))
  onTeardown(t, () => rmSync(folder, { recursive: true }))
  const file = join(folder, 'alerts.test.yml')
  const tests = rules.flatMap((rule) => [testOf(page, rule, false), testOf(page, rule, true)])
  // JSON is YAML.
  writeFileSync(file, JSON.stringify({ rule_files: [RULES], evaluation_interval: '1m', tests }))
  promtool(['test', 'rules', file])
})

function promtool(args: string[], input = ''): void {
  const { status, stdout, stderr } = spawnSync('promtool', args, { input, encoding: 'utf8' })
  assert.equal(status, 0, stdout + stderr)
}

/** All series of the page but buckets, of which those of one alert are loud; and whether that one fires then. */
function testOf(page: Map<string, Family>, { alert, summary }: Rule, loud: boolean): object {
  const valuesOf = (key: string, value: number): string => {
    const name = key.replace(/^event_detector_(\w+)\{.*$/, '$1')
    const [own, found] =
      Object.entries(cases).find(([, { family, where = '' }]) => family === name && key.includes(where)) ?? []
    return found ? (loud && own === alert ? found.loud : found.quiet) : (meanwhile[name] ?? `${value}x90`)
  }
  const input_series = [...page.values()].flatMap(({ type, series }) =>
    type === 'histogram'
      ? []
      : Array.from(series, ([key, value]) => ({ series: withLabels(key), values: valuesOf(key, value) })),
  )
  const firing = deciding(page, alert).map(({ instance, ...labels }) => ({
    exp_labels: summary.includes('$labels.instance') ? { ...labels, instance } : labels,
    exp_annotations: {
      summary: summary
        .replace(/\{\{ \$labels\.(\w+) \}\}/g, (_, name: string) => ({ ...labels, instance })[name] ?? '')
        .replace('{{ $value }}', cases[alert]?.value ?? ''),
    },
  }))
  return {
    name: `${alert}, ${loud ? 'loud' : 'quiet'}`,
    interval: '1m',
    input_series,
    alert_rule_test: [{ eval_time: `${LOOK}m`, alertname: alert, exp_alerts: loud ? firing : [] }],
  }
}

function withLabels(key: string): string {
  const labels = Object.entries(labelsOf(key)).map(([name, value]) => `${name}="${value}"`)
  return key.replace(/\{.*$/, `{${labels.join(',')}}`)
}
