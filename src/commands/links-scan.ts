import { whyNothingIsKept } from '../domain/link/recovery.ts'
import type { Tally } from '../domain/link/tally.ts'
import { recoveryRights } from '../queries/recovery/rights.ts'
import { examinerOf } from '../workers/links/examine.ts'
import { scanLinks, type ScanOptions } from '../workers/links/scan.ts'
import { LeaseLost } from '../workers/lease.ts'
import { inTurn } from '../workers/links/turn.ts'
import { dryMode, refuseUnreadPayloads, windowOf, type LinksCommand } from './links-command.ts'
import { examinedLines } from './links-text.ts'
import { progressBar } from './links-progress.ts'
import { print } from './print.ts'

/** `links scan`: examines the invocations of a window, and keeps what it finds if this role may. */
export async function scan(command: LinksCommand): Promise<void> {
  const { writer, say, dryRun, json, window } = command
  const rights = await recoveryRights(writer)
  await refuseUnreadPayloads(writer, rights)
  const why = whyNothingIsKept(rights)
  if (why !== undefined && !dryRun) say(`a dry run, for nothing can be kept: ${why}`)
  const dry = dryRun || why !== undefined
  if (!dry) await command.refuseToWrite()
  const bar = progressBar('invocations')
  const started = performance.now()
  const mode = dry ? dryMode(rights) : 'keep'
  const scanning: ScanOptions = {
    ...command,
    window: await windowOf(command),
    examiner: examinerOf(command.links, { mode }),
    progress: bar.update,
  }
  const tally = await (dry ? scanLinks(scanning) : keeping(command, scanning)).finally(bar.stop)
  const seconds = Math.round(performance.now() - started) / 1000
  if (json) print(JSON.stringify({ command: 'scan', window: window ?? null, dryRun: dry, seconds, ...tally }))
  else for (const line of report(tally, seconds, window, dry)) print(line)
}

/** A scan that is stopped says how far it has come. */
async function keeping({ writer, say, signal, window }: LinksCommand, scanning: ScanOptions): Promise<Tally> {
  let so = 0
  const progress = (examined: number, total: number): void => {
    so = examined
    scanning.progress?.(examined, total)
  }
  try {
    return await inTurn(writer, { what: 'links scan', signal, say }, (lease) =>
      scanLinks(
        { ...scanning, progress },
        {
          lease,
          name: window === undefined ? 'scan' : `scan ${window}`,
          resumed: (startedAt) => say(`going on with the scan that began at ${startedAt}, whose counts are included`),
        },
      ),
    )
  } catch (error) {
    if (!signal.aborted && !(error instanceof LeaseLost)) throw error
    const { message } = error as Error
    throw new Error(`${message}: ${so} invocations have been examined. Run the scan again, and it goes on there`, {
      cause: error,
    })
  }
}

function report(tally: Tally, seconds: number, window: string | undefined, dry: boolean): string[] {
  return [
    ...examinedLines(tally, seconds, window, dry),
    dry
      ? `dry run: nothing was kept`
      : `${tally.written} findings were new, and are kept in public.observability_links`,
  ]
}
