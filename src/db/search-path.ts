/**
 * A startup option for every connection, which stands above what a role or a database sets: names are looked up in pg_catalog alone, so each
 * statement says `public.` itself. With `public` in the path a function or operator that somebody put there could fit a call of ours better
 * than pg_catalog's does, and would run with our rights; the temporary schema stands last, or it would come first.
 */
export const searchPath = '-c search_path=pg_catalog,pg_temp'
