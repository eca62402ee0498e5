import { whyNothingIsKept, whyNothingIsMended, type RecoveryRights } from '../domain/link/recovery.ts'
import { keptCounts, type KeptCount } from '../queries/recovery/kept-counts.ts'
import type { Window } from '../queries/recovery/kept.ts'
import type { Lease } from '../queries/recovery/lease.ts'
import { recoveryRights } from '../queries/recovery/rights.ts'
import { changeLinks } from '../workers/links/change.ts'
import type { Changed } from '../workers/links/change-batch.ts'
import { undoing } from '../workers/links/mend.ts'
import { underLease } from '../workers/lease.ts'
import { inTurn } from '../workers/links/turn.ts'
import { PATIENCE, sayWhatIsLeft, windowOf, type LinksCommand } from './links-command.ts'
import { progressBar } from './links-progress.ts'
import { linksWere, spanText } from './links-text.ts'
import { print } from './print.ts'

/** `links undo`: takes back the links that were mended or recovered in a window. The worker leaves them alone; `links mend` takes them up again. */
export async function undo(command: LinksCommand): Promise<void> {
  const { writer, signal, say, dryRun, json, window } = command
  const rights = await recoveryRights(writer)
  const why = whyNothingIsKept(rights)
  if (why !== undefined) throw new Error(`there are no links that could be taken back: ${why}`)
  const started = performance.now()
  const within = await windowOf(command)
  if (!dryRun) await command.refuseToWrite()
  const { counts, changed } = dryRun
    ? { counts: await writer.transaction((session) => keptCounts(session, within), TIMEOUTS), changed: undefined }
    : await inTurn(writer, { what: 'links undo', signal, say }, (lease) => undone(command, within, lease, rights))
  const seconds = Math.round(performance.now() - started) / 1000
  const done = changed && { undone: changed.changed, held: changed.skipped, refused: changed.refused }
  if (json) print(JSON.stringify({ command: 'undo', window: window ?? null, dryRun, seconds, kept: counts, ...done }))
  else for (const line of report(counts, changed, window)) print(line)
  sayWhatIsLeft(changed)
}

/** Of counting, ms. */
const TIMEOUTS = { statementTimeout: 60_000 }

interface Undone {
  counts: KeptCount[]
  /** undefined: a dry run. */
  changed: Changed | undefined
}

/** Counts when its turn has come: another command may have changed what there is while this one waited. */
async function undone(command: LinksCommand, window: Window, lease: Lease, rights: RecoveryRights): Promise<Undone> {
  const counts = await underLease(command.writer, lease, (session) => keptCounts(session, window), TIMEOUTS)
  const barred = counts.some(({ state }) => state === 'mended') ? whyNothingIsMended(rights) : undefined
  if (barred !== undefined) throw new Error(`mended links cannot be taken back: ${barred}`)
  const bar = progressBar('links')
  const total = counts.reduce((sum, { count }) => sum + count, 0)
  const changed = await changeLinks(undoing, {
    ...command,
    lease,
    window,
    patience: PATIENCE,
    progress: (so) => bar.update(so.changed, total),
  }).finally(bar.stop)
  return { counts, changed }
}

function report(counts: readonly KeptCount[], changed: Changed | undefined, window: string | undefined): string[] {
  const found = counts.map(
    ({ state, count, samples }) =>
      `  ${state.padEnd(9)} ${count}: ${samples.join(', ')}${count > samples.length ? ', …' : ''}`,
  )
  return [
    `links ${spanText(window)} that could be taken back: ${counts.reduce((sum, { count }) => sum + count, 0)}`,
    ...found,
    changed === undefined
      ? 'dry run: nothing was taken back'
      : `${linksWere(changed.changed)} taken back; npm run links -- mend takes them up again`,
  ]
}
