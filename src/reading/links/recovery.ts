import type { Queryable } from '../../db/db.ts'
import { recoveryOf, type LinkRecovery, type RecoveryMode } from '../../domain/link/recovery.ts'
import { recoveryRights } from '../../queries/recovery/rights.ts'

/** Decides how links are read and written, from what LINK_RECOVERY asks for (undefined: it is unset) and what the role of this session may do. Reads catalogues alone. */
export async function decideLinkRecovery(db: Queryable, asked: RecoveryMode | undefined): Promise<LinkRecovery> {
  return recoveryOf(asked, await recoveryRights(db))
}
