import type { LinkWay } from './way.ts'

/** What LINK_RECOVERY asks for. overlay: recovered links are kept in public.observability_links; mend: they are written into source_job_id, too. */
export const recoveryModes = ['off', 'overlay', 'mend'] as const
export type RecoveryMode = (typeof recoveryModes)[number]

/** What the role of the service may do with the tables of recovered links. */
export interface RecoveryRights {
  /** They are there, as tables with the columns that this build reads. */
  there: boolean
  /** This server is one: nothing can be written. */
  standby: boolean
  /** It may read public.observability_links, all rows of it. */
  select: boolean
  /** It may write all three of them. */
  keep: boolean
  /** It may update invocations.source_job_id. */
  mend: boolean
  /** invocations.source_job_id is a generated column, as some copies of databases have it. */
  generated: boolean
  /** Quoted where it must be. */
  role: string
}

/** How links are read and written from now on. */
export interface LinkRecovery {
  linkWay: LinkWay
  /** What is written by whoever recovers links. */
  writes: RecoveryMode
  /** Both, and why, in a sentence for the log. */
  told: string
  /** Less is done than was asked for. */
  less: boolean
}

const TABLES = 'public.observability_links, public.observability_leases, public.observability_scans'

/** What becomes of LINK_RECOVERY (undefined: it is unset) with these rights. */
export function recoveryOf(asked: RecoveryMode | undefined, rights: RecoveryRights): LinkRecovery {
  const { writes, why } = written(asked ?? 'overlay', rights)
  const wanted = asked ?? writes
  const linkWay = !rights.there || !rights.select ? 'column' : wanted === 'off' ? 'labels' : 'overlay'
  const given = asked === undefined ? 'LINK_RECOVERY is unset' : `LINK_RECOVERY=${asked}`
  return {
    linkWay,
    writes,
    told: `links: ${given}: ${wayText[linkWay]}, ${writesText[writes]}${why === '' ? '' : `: ${why}`}`,
    less: asked !== undefined && writes !== asked,
  }
}

/** Why links that are found cannot be kept, with these rights; undefined: they can. */
export function whyNothingIsKept({ there, standby, keep, role }: RecoveryRights): string | undefined {
  if (!there)
    return 'public.observability_links is not there as migration 008 makes it, or its owner could not change public.invocations'
  if (standby) return 'this server is a standby, on which nothing can be written'
  if (!keep) return `${role} may not write them: grant select, insert, update, delete on ${TABLES} to ${role}`
  return undefined
}

/** Why links cannot be written into the column; undefined: they can. */
export function whyNothingIsMended({ mend, generated, role }: RecoveryRights): string | undefined {
  if (generated) return 'source_job_id is a generated column, which nobody can write'
  if (mend) return undefined
  return `${role} may not update source_job_id: grant update (source_job_id) on public.invocations to ${role}`
}

function written(asked: RecoveryMode, rights: RecoveryRights): { writes: RecoveryMode; why: string } {
  const why = asked === 'off' ? '' : whyNothingIsKept(rights)
  if (why !== undefined) return { writes: 'off', why }
  const barred = asked === 'mend' ? whyNothingIsMended(rights) : undefined
  return barred === undefined ? { writes: asked, why: '' } : { writes: 'overlay', why: barred }
}

const wayText: Record<LinkWay, string> = {
  column: 'source_job_id alone is read',
  labels: 'source_job_id is read, and what was written into it is shown as recovered',
  overlay: 'recovered links are shown beside those of source_job_id',
}

const writesText: Record<RecoveryMode, string> = {
  off: 'and none are recovered',
  overlay: 'and found links are kept in public.observability_links',
  mend: 'and found links are written into source_job_id',
}
