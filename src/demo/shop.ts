/** The shop whose rows the demo invents: what its functions listen to, the events they look for, and the jobs that follow. */
export interface Job {
  name: string
  /** Usual duration in ms. */
  typical: number
  /** The function that is invoked when this job writes, for a job that writes. */
  leadsTo: string | undefined
}

export interface EventModule {
  name: string
  jobs: readonly Job[]
}

export interface ShopFunction {
  name: string
  table: string | null
  operation: 'INSERT' | 'UPDATE' | 'DELETE' | 'MANUAL'
  system: System
  /** How often it begins a tree, relative to the others. */
  roots: number
  /** Event modules that are found now and then; the first one is found most often. */
  events: readonly [EventModule, ...EventModule[]]
  /** Event modules that are looked for in vain. */
  checks: readonly string[]
}

/** Every demo row carries one of these in source_system (indexed), which is how the demo knows its own rows. In ascending order. */
export const systems = ['demo-back-office', 'demo-billing', 'demo-shop', 'demo-warehouse'] as const
export type System = (typeof systems)[number]

function job(name: string, typical: number, leadsTo?: string): Job {
  return { name, typical, leadsTo }
}

const audit = job('write-audit-entry', 25)
const analytics = job('publish-to-analytics', 60)
const cache = job('refresh-cache', 40)

/** What every function does besides its own work. */
const usual: EventModule[] = [
  { name: 'record-changed', jobs: [audit, analytics, cache] },
  {
    name: 'customer-facing-change',
    jobs: [cache, job('notify-subscribers', 180, 'on-notification-created'), analytics],
  },
]

const vain = [
  'amount-negative',
  'backdated',
  'blocked-customer',
  'bulk-change',
  'business-customer',
  'country-changed',
  'currency-mismatch',
  'duplicate-suspected',
  'export-controlled',
  'express-requested',
  'fraud-suspected',
  'gift-wrapping',
  'legal-hold',
  'limit-exceeded',
  'marketing-consent-changed',
  'missing-address',
  'outside-business-hours',
  'owner-changed',
  'rounding-difference',
  'subscription-renewal',
  'test-record',
  'vat-number-changed',
  'weight-missing',
]

function define(
  name: string,
  target: `${ShopFunction['operation']} ${string}`,
  system: System,
  roots: number,
  events: Record<string, Job[]>,
): ShopFunction {
  const [operation, table] = target.split(' ') as [ShopFunction['operation'], string]
  const own = Object.entries(events).map(([name, jobs]) => ({ name, jobs }))
  const offset = name.length * 7
  const checks = Array.from({ length: 10 }, (_, i) => vain[(offset + i * 2) % vain.length] ?? 'backdated')
  return {
    name,
    operation,
    system,
    roots,
    checks,
    table: operation === 'MANUAL' ? null : table,
    events: [...own, ...usual] as [EventModule, ...EventModule[]],
  }
}

/** The first job of a function's first event is the road that the two special trees take: the loop and the import. */
export const functions: readonly ShopFunction[] = [
  define('on-order-created', 'INSERT public.orders', 'demo-shop', 34, {
    'order-placed': [
      job('open-payment', 220, 'on-payment-created'),
      job('reserve-stock', 140, 'on-stock-updated'),
      audit,
    ],
    'first-order-of-customer': [job('welcome-customer', 300, 'on-notification-created')],
    'voucher-used': [job('redeem-voucher', 90), analytics],
  }),
  define('on-order-updated', 'UPDATE public.orders', 'demo-shop', 20, {
    'order-paid': [
      job('create-invoice', 450, 'on-invoice-created'),
      job('plan-shipment', 380, 'on-shipment-created'),
      audit,
    ],
    'order-cancelled': [job('refund-payment', 800, 'on-refund-created'), job('release-stock', 130, 'on-stock-updated')],
    'order-completed': [
      job('add-loyalty-points', 110, 'on-customer-updated'),
      job('ask-for-review', 240, 'on-notification-created'),
    ],
  }),
  define('on-order-line-deleted', 'DELETE public.order_lines', 'demo-shop', 4, {
    'line-removed': [
      job('recalculate-order-total', 95, 'on-order-updated'),
      job('release-stock', 130, 'on-stock-updated'),
    ],
  }),
  define('on-payment-created', 'INSERT public.payments', 'demo-billing', 5, {
    'payment-requested': [job('charge-card', 1900, 'on-payment-updated'), job('screen-for-fraud', 700), audit],
  }),
  define('on-payment-updated', 'UPDATE public.payments', 'demo-billing', 12, {
    'payment-captured': [job('mark-order-paid', 120, 'on-order-updated'), job('book-revenue', 260)],
    'payment-declined': [
      job('tell-customer-payment-declined', 280, 'on-notification-created'),
      job('schedule-retry', 70),
    ],
  }),
  define('on-invoice-created', 'INSERT public.invoices', 'demo-billing', 3, {
    'invoice-issued': [
      job('render-invoice-pdf', 2600, 'on-invoice-updated'),
      job('send-invoice', 650, 'on-notification-created'),
      audit,
    ],
  }),
  define('on-invoice-updated', 'UPDATE public.invoices', 'demo-billing', 6, {
    'invoice-settled': [job('close-order', 130, 'on-order-updated'), job('archive-invoice', 420)],
    'invoice-overdue': [job('send-reminder', 500, 'on-notification-created')],
  }),
  define('on-shipment-created', 'INSERT public.shipments', 'demo-warehouse', 3, {
    'shipment-planned': [job('book-carrier', 2100, 'on-shipment-updated'), job('print-label', 900), audit],
  }),
  define('on-shipment-updated', 'UPDATE public.shipments', 'demo-warehouse', 12, {
    'shipment-dispatched': [job('send-tracking-link', 330, 'on-notification-created'), analytics],
    'shipment-delivered': [
      job('complete-order', 150, 'on-order-updated'),
      job('send-delivery-receipt', 290, 'on-notification-created'),
    ],
  }),
  define('on-notification-created', 'INSERT public.notifications', 'demo-shop', 8, {
    'email-requested': [job('send-email', 520), job('record-delivery', 45)],
    'sms-requested': [job('send-sms', 410)],
  }),
  define('on-stock-updated', 'UPDATE public.stock_levels', 'demo-warehouse', 9, {
    'stock-changed': [job('recalculate-availability', 260, 'on-product-updated'), cache],
    'stock-low': [job('order-replenishment', 750, 'on-notification-created')],
  }),
  define('on-product-updated', 'UPDATE public.products', 'demo-shop', 6, {
    'availability-changed': [job('sync-stock-level', 230, 'on-stock-updated'), cache],
    'price-changed': [job('reindex-product', 340), cache],
  }),
  define('on-refund-created', 'INSERT public.refunds', 'demo-billing', 2, {
    'refund-requested': [job('pay-back', 1700, 'on-payment-updated'), audit],
  }),
  define('on-customer-updated', 'UPDATE public.customers', 'demo-shop', 7, {
    'loyalty-level-reached': [job('send-voucher', 310, 'on-notification-created')],
  }),
  define('on-price-batch-created', 'INSERT public.price_batches', 'demo-back-office', 1, {
    'batch-ready': [job('apply-prices', 3200, 'on-product-updated'), audit],
  }),
  define('import-price-list', 'MANUAL -', 'demo-back-office', 1, {
    'price-list-uploaded': [job('split-into-batches', 5200, 'on-price-batch-created'), audit],
  }),
  define('reconcile-payments', 'MANUAL -', 'demo-back-office', 3, {
    'difference-found': [job('correct-payment', 420, 'on-payment-updated'), job('write-report', 1300)],
  }),
]

const byName = new Map(functions.map((func) => [func.name, func]))

/** The function of this name; an unknown name is a mistake in this file. */
export function shopFunction(name: string): ShopFunction {
  const func = byName.get(name)
  if (func === undefined) throw new Error(`The shop has no function ${name}`)
  return func
}
