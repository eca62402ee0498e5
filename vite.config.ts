import { defineConfig } from 'vite'

/** The dashboard as static files, without a server: dist/dashboard. Assets lie in one folder, and their names hold their hash, so that a browser may keep them for ever. */
export default defineConfig({
  root: 'src/dashboard',
  // Relative, so that the service may stand below a path of a proxy.
  base: './',
  publicDir: false,
  build: {
    outDir: '../../dist/dashboard',
    emptyOutDir: true,
    assetsDir: 'dashboard',
    // An asset that is inlined would be a data: URL, which only images may be.
    assetsInlineLimit: 0,
    target: ['chrome123', 'firefox125', 'safari17.5'],
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      checks: { pluginTimings: false },
      // Packages mark what frameworks may run on a server, which is not done here: 40 warnings without a meaning.
      onLog: (level, log, say) => (log.code === 'MODULE_LEVEL_DIRECTIVE' ? undefined : say(level, log)),
    },
  },
})
