import type { Random } from '../../../src/demo/random.ts'

/** What a handler or detector threw. */
export interface Thrown {
  /** One line. */
  message: string
  /** As `error.stack` has it: name, message, and lines with paths. */
  stack: string
}

const messages = [
  "Cannot read properties of undefined (reading 'new')",
  'event.data.new.lines is not iterable',
  'permission denied for table customers',
  'Invalid time value',
] as const

export function thrownIn(
  random: Random,
  functionName: string,
  eventName: string,
  where: 'handler' | 'detector' | 'job',
): Thrown {
  const message = random.pick(messages)
  const stack = [
    `${message.startsWith('Cannot') ? 'TypeError' : 'Error'}: ${message}`,
    `    at ${where} (/var/task/functions/${functionName}/events/${eventName}.js:${random.int(8, 140)}:${random.int(3, 40)})`,
    '    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)',
    `    at async file:///var/task/node_modules/@shop/event-detector/dist/detector.js:${random.int(90, 700)}:22`,
  ].join('\n')
  return { message, stack }
}

/** The old writer's message for a crash is the whole stack. */
export function crashText({ stack }: Thrown): string {
  return `Handler crashed: ${stack}`
}
