// Builds dist/less.js, which the compiler embeds. Same packages, same bytes.
//
//   node scripts/build.mjs           writes dist/less.js
//   node scripts/build.mjs --check   fails if dist/less.js is not what the sources give
import { build } from 'esbuild'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const output = join(root, 'dist', 'less.js')

const result = await build({
  absWorkingDir: root,
  entryPoints: ['src/main.js'],
  outfile: output,
  bundle: true,
  write: false,
  format: 'iife',
  globalName: 'lodgerLess',
  platform: 'neutral',
  // copy-anything and is-what say "module", parse-node-version only "main".
  mainFields: ['module', 'main'],
  target: 'es2020',
  charset: 'utf8',
  legalComments: 'none',
  minify: true,
  banner: {
    js: '// Generated from core/compiler/less by `npm run build`. Do not edit. Contains less (Apache-2.0, Alexis Sellier and the Less team), copy-anything, is-what, parse-node-version (MIT).',
  },
  logLevel: 'warning',
})

const bytes = result.outputFiles[0].contents
if (process.argv.includes('--check')) {
  if (!readFileSync(output).equals(Buffer.from(bytes))) {
    console.error('dist/less.js is not what the sources give: run `npm run build` and commit it')
    process.exit(1)
  }
} else {
  mkdirSync(dirname(output), { recursive: true })
  writeFileSync(output, bytes)
  console.log(`${output}: ${bytes.length} bytes`)
}
