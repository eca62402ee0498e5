/**
 * Where links are read. column: in invocations.source_job_id alone. labels: there too, and public.observability_links tells which of them were
 * recovered. overlay: what it keeps as recovered counts as the link as well, where the column is empty.
 */
export type LinkWay = 'column' | 'labels' | 'overlay'
