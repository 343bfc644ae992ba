// Takes Vant's icon font out of @vant/icons: `npm run font`. Vant Weapp names the same font by a remote address, which
// lodger.json maps to this file, so that the program needs no network for its icons.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const file = (path) => fileURLToPath(new URL(path, import.meta.url))
const less = readFileSync(file('../node_modules/@vant/icons/src/encode-woff2.less'), 'utf8')
const [, base64] = /font\/woff2;[^,]*base64,([A-Za-z0-9+/=]+)/.exec(less) ?? []
if (!base64) throw new Error('@vant/icons has no woff2 font in src/encode-woff2.less: was its version changed?')
writeFileSync(file('../miniprogram/assets/fonts/vant-icon.woff2'), Buffer.from(base64, 'base64'))
