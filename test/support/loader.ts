/** What `node --import` takes to run a module of src or test: test/run.ts compiles all before it runs all, otherwise tsx does it on the way. */
export const loader = process.env['TEST_LOADER'] ?? 'tsx'
