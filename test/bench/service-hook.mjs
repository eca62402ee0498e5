// Loaded into the service by --import: tells the benchmark, when asked, how late the event loop was, and profiles if told to. The service itself knows nothing of it.
import { Session } from 'node:inspector'
import { monitorEventLoopDelay } from 'node:perf_hooks'

const delay = monitorEventLoopDelay({ resolution: 10 })
const session = new Session()

process.on('message', ({ what }) => answers[what]?.())
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'))
process.channel?.unref()

const answers = {
  reset() {
    delay.enable()
    delay.reset()
    process.send({})
  },
  /** The sampler's own period of 10 ms is part of every delay that it measures. */
  delay() {
    process.send({ p99: Math.max(0, delay.percentile(99) / 1e6 - 10), max: Math.max(0, delay.max / 1e6 - 10) })
  },
  startProfile() {
    session.connect()
    session.post('Profiler.enable')
    session.post('Profiler.start', () => process.send({}))
  },
  stopProfile() {
    session.post('Profiler.stop', (_error, { profile }) => {
      session.disconnect()
      process.send(profile)
    })
  },
}
