// Builds dist/runtime.js, the base library that the engine embeds. Same sources, same bytes.
//
//   node scripts/build.mjs           writes dist/runtime.js
//   node scripts/build.mjs --check   fails if dist/runtime.js is not what the sources give
//   node scripts/build.mjs --dev     writes build/runtime.js, readable and with a source map
import { build, transform } from 'esbuild'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { regionsText } from './regions.mjs'
import { smallComponents, smallRegistry } from './tables.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const dev = process.argv.includes('--dev')
const check = process.argv.includes('--check')
// DESIGN 3: the floor is Android WebView 80 and Safari 15.
const target = ['chrome80', 'safari15']
const output = join(root, dev ? 'build' : 'dist', 'runtime.js')

/** Style sheets as text, without comments and blanks. */
const smallStyles = {
  name: 'small-styles',
  setup({ onLoad }) {
    onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { code } = await transform(readFileSync(path, 'utf8'), { loader: 'css', minify: !dev, target })
      return { contents: code, loader: 'text' }
    })
  },
}

const result = await build({
  absWorkingDir: root,
  entryPoints: ['src/main.ts'],
  outfile: output,
  bundle: true,
  write: false,
  format: 'iife',
  platform: 'browser',
  target,
  charset: 'utf8',
  legalComments: 'none',
  minify: !dev,
  sourcemap: dev ? 'inline' : false,
  plugins: [smallStyles, smallRegistry, smallComponents],
  define: { 'process.env.NODE_ENV': '"production"' },
  banner: {
    js: '// Generated from core/runtime/src by `npm run build`. Do not edit. Contains glass-easel (MIT, Tencent).',
  },
  logLevel: 'warning',
})

const bytes = result.outputFiles[0].contents
/** The files of the base library. */
const files = { [output]: bytes, [join(dirname(output), 'regions.txt')]: Buffer.from(regionsText()) }
for (const [path, wanted] of Object.entries(files)) {
  if (check) {
    if (readFileSync(path).equals(Buffer.from(wanted))) continue
    console.error(`${path} is not what the sources give: run \`npm run build\` and commit it`)
    process.exit(1)
  }
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, wanted)
  console.log(`${path}: ${wanted.length} bytes, ${gzipSync(wanted, { level: 9 }).length} gzipped`)
}
