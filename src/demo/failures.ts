import type { Random } from './random.ts'

/** What a thrown error leaves in a row. */
export interface Failure {
  message: string
  stack: string
}

type Words = readonly [string, ...string[]]

const jobMessages: Words = [
  'connect ETIMEDOUT 10.20.3.14:5432',
  'Request failed with status code 502',
  'Request failed with status code 429: Too Many Requests',
  'socket hang up',
  'timeout of 30000ms exceeded',
  'Card declined: insufficient_funds',
  'duplicate key value violates unique constraint "invoices_number_key"',
  'could not serialize access due to concurrent update',
  "Cannot read properties of undefined (reading 'currency')",
  "Cannot read properties of null (reading 'address')",
  'Carrier rejected the parcel: weight 31.7 kg exceeds 30 kg',
  'GraphQL error: field "loyalty_points" not found in type: "customers_set_input"',
  'Unexpected token < in JSON at position 0',
  'Mailbox customer@example.com unavailable: 550 5.1.1 user unknown',
]

const crashMessages: Words = [
  "Cannot read properties of undefined (reading 'new')",
  'event.data.new.lines is not iterable',
  'Invalid time value',
  'permission denied for table customers',
  'toFixed is not a function',
]

/** Why a job failed. */
export function jobFailure(random: Random, functionName: string, jobName: string): Failure {
  return thrown(random, random.pick(jobMessages), camel(jobName), `${functionName}/jobs/${jobName}.js`)
}

/** Why the handler of an event module crashed. The writer's message for it is the stack. */
export function crash(random: Random, functionName: string, moduleName: string): Failure {
  const { trace, stack } = thrown(
    random,
    random.pick(crashMessages),
    random.pick(['handler', 'onDetected']),
    `${functionName}/events/${moduleName}.js`,
  )
  return { message: `Handler crashed: ${trace}`, stack }
}

/** Why an invocation ended before it looked at any event. */
export function broken(random: Random, functionName: string): Failure {
  const message = `Cannot find module '/app/functions/${functionName}/events/index.js'`
  return thrown(random, message, 'loadModules', 'event-detector/lib/load-modules.js')
}

/** The guard that ends a runaway loop. */
export function loopGuard(random: Random, jobName: string, limit: number): Failure {
  const message = `Loop guard: hop depth ${limit} reached (limit ${limit}), the write of ${jobName} was refused`
  return thrown(random, message, 'refuseDeepHop', 'event-detector/lib/loop-guard.js')
}

/** `trace` is the stack itself. */
function thrown(random: Random, message: string, where: string, file: string): Failure & { trace: string } {
  const trace = [
    `${message.startsWith('Cannot read') ? 'TypeError' : 'Error'}: ${message}`,
    `    at ${where} (/app/functions/${file}:${random.int(8, 140)}:${random.int(3, 40)})`,
    '    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)',
    `    at async runJob (/app/node_modules/event-detector/lib/run-jobs.js:${random.int(20, 90)}:22)`,
    '    at async Promise.allSettled (index 0)',
  ].join('\n')
  // The writer wraps some stacks in JSON, and stores that as text.
  return { message, trace, stack: random.chance(0.3) ? JSON.stringify({ _raw_string: trace }) : trace }
}

function camel(name: string): string {
  return name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
}
