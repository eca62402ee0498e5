import { whyNothingIsKept, whyNothingIsMended, type RecoveryRights } from '../domain/link/recovery.ts'
import type { Tally } from '../domain/link/tally.ts'
import type { Window } from '../queries/recovery/kept.ts'
import type { Lease } from '../queries/recovery/lease.ts'
import { recoveryRights } from '../queries/recovery/rights.ts'
import { changeLinks } from '../workers/links/change.ts'
import type { Changed } from '../workers/links/change-batch.ts'
import { examinerOf } from '../workers/links/examine.ts'
import { mending } from '../workers/links/mend.ts'
import { scanLinks } from '../workers/links/scan.ts'
import { inTurn } from '../workers/links/turn.ts'
import { dryMode, PATIENCE, refuseUnreadPayloads, sayWhatIsLeft, windowOf, type LinksCommand } from './links-command.ts'
import { progressBar } from './links-progress.ts'
import { examinedLines, linksOf, linksWere } from './links-text.ts'
import { print } from './print.ts'

interface Mended {
  tally: Tally
  /** undefined: a dry run. */
  changed: Changed | undefined
}

/** `links mend`: examines the invocations of a window as `scan` does, those that were taken back too, and writes what is recovered into the column. */
export async function mend(command: LinksCommand): Promise<void> {
  const { writer, signal, say, dryRun, json, window } = command
  const rights = await recoveryRights(writer)
  await refuseUnreadPayloads(writer, rights)
  const why = whyNothingIsKept(rights) ?? whyNothingIsMended(rights)
  if (why !== undefined && !dryRun) throw new Error(`links cannot be mended: ${why}`)
  if (!dryRun) await command.refuseToWrite()
  const started = performance.now()
  const within = await windowOf(command)
  const { tally, changed } = dryRun
    ? await looked(command, within, rights)
    : await inTurn(writer, { what: 'links mend', signal, say }, (lease) => mended(command, within, lease))
  const seconds = Math.round(performance.now() - started) / 1000
  const counts = changed && {
    mended: changed.changed,
    severed: changed.settled,
    held: changed.skipped,
    refused: changed.refused,
  }
  if (json) print(JSON.stringify({ command: 'mend', window: window ?? null, dryRun, seconds, ...tally, ...counts }))
  else for (const line of report({ tally, changed }, seconds, window)) print(line)
  sayWhatIsLeft(changed)
}

async function looked(command: LinksCommand, window: Window, rights: RecoveryRights): Promise<Mended> {
  const bar = progressBar('invocations')
  const examiner = examinerOf(command.links, { again: true, mode: dryMode(rights) })
  const tally = await scanLinks({ ...command, window, examiner, progress: bar.update }).finally(bar.stop)
  return { tally, changed: undefined }
}

async function mended(command: LinksCommand, asked: Window, lease: Lease): Promise<Mended> {
  const { say } = command
  let window = asked
  const found = progressBar('invocations')
  const tally = await scanLinks(
    { ...command, window, examiner: examinerOf(command.links, { again: true }), progress: found.update },
    {
      lease,
      name: command.window === undefined ? 'mend' : `mend ${command.window}`,
      resumed(startedAt, searched) {
        // What it found at its start, which the window of today leaves out, is written too.
        window = searched
        say(`going on with the search that began at ${startedAt}, whose counts are included`)
      },
    },
  ).finally(found.stop)
  const written = progressBar('links')
  const changed = await changeLinks(mending, {
    ...command,
    lease,
    window,
    patience: PATIENCE,
    progress: (so) => written.update(so.changed + so.settled, tally.counts.recovered),
  }).finally(written.stop)
  return { tally, changed }
}

function report({ tally, changed }: Mended, seconds: number, window: string | undefined): string[] {
  return [
    ...examinedLines(tally, seconds, window, changed === undefined),
    changed === undefined
      ? `dry run: nothing was written; ${linksOf(tally.counts.recovered)} would be`
      : `${linksWere(changed.changed)} written into source_job_id${changed.settled > 0 ? `; of ${changed.settled} the job was deleted meanwhile` : ''}`,
  ]
}
