// Compiles every *.test.ts under src/ and test/ with esbuild and runs them with Node's own test runner.
//
//   node scripts/test.mjs [part of a file name]
import { build } from 'esbuild'
import { spawnSync } from 'node:child_process'
import { readdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { smallRegistry } from './tables.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const filter = process.argv[2] ?? ''
const find = (dir) =>
  readdirSync(join(root, dir), { recursive: true })
    .map((name) => join(dir, String(name)))
    .filter((name) => name.endsWith('.test.ts') && name.includes(filter))

const outdir = join(root, 'build', 'test')
rmSync(outdir, { recursive: true, force: true })
const entryPoints = [...find('src'), ...find('test')]
if (entryPoints.length === 0) {
  console.error(`no test file matches "${filter}"`)
  process.exit(1)
}
const result = await build({
  absWorkingDir: root,
  entryPoints,
  outdir,
  outbase: '.',
  outExtension: { '.js': '.mjs' },
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  // A DOM for the tests; too large to bundle, and it is a package of Node's.
  external: ['happy-dom'],
  loader: { '.css': 'text' },
  define: { 'process.env.NODE_ENV': '"production"' },
  plugins: [smallRegistry],
  sourcemap: 'inline',
  metafile: true,
  logLevel: 'warning',
})
const files = Object.keys(result.metafile.outputs).filter((name) => name.endsWith('.test.mjs'))
const run = spawnSync(process.execPath, ['--enable-source-maps', '--test', ...files], {
  cwd: root,
  stdio: 'inherit',
})
process.exit(run.status ?? 1)
