import { Link } from '@tanstack/react-router'

/** The views in the order of the navigation; icons are paths in a square of 20. */
const views = [
  { to: '/', label: 'Overview', icon: 'M3 11l4-4 3 3 7-7M3 17h14' },
  { to: '/failures', label: 'Failures', icon: 'M10 3l8 14H2zM10 8v4M10 14.5v.5' },
  { to: '/chains', label: 'Chains', icon: 'M8 12l4-4M6 9l-2 2a3 3 0 004 4l2-2M14 11l2-2a3 3 0 00-4-4l-2 2' },
  { to: '/dependencies', label: 'Dependencies', icon: 'M3 10h5M12 5h5M12 15h5M8 10l4-5M8 10l4 5' },
  { to: '/missing', label: 'Missing steps', icon: 'M3 10h4M13 10h4M9 10h.01M11 10h.01M3 5h14M3 15h14' },
  { to: '/shapes', label: 'Shapes', icon: 'M3 3h5v5H3zM12 3h5v5h-5zM7.5 12h5v5h-5z' },
  { to: '/jobs', label: 'Jobs', icon: 'M3 16V9M8 16V4M13 16v-5M18 16V7' },
  { to: '/links', label: 'Links', icon: 'M4 10h12M4 10a2 2 0 100-.01M16 10a2 2 0 100-.01' },
] as const

/** Where one can go. The window of the URL goes along. */
export function Nav() {
  return (
    <nav className="nav" aria-label="Views">
      {views.map(({ to, label, icon }) => (
        <Link key={to} to={to} className="nav-link" activeOptions={{ exact: to === '/', includeSearch: false }}>
          <svg viewBox="0 0 20 20" aria-hidden="true">
            <path d={icon} />
          </svg>
          {label}
        </Link>
      ))}
    </nav>
  )
}
