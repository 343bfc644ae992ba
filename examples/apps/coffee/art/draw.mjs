// Draws every picture of the program: `npm run draw`. Products and scenes stay SVG; icons become PNG by rsvg-convert.
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { icons, logo } from './icons.mjs'
import { pastries } from './pastries.mjs'
import { scenes } from './scenes.mjs'
import { drinks } from './drinks.mjs'

const images = fileURLToPath(new URL('../miniprogram/images/', import.meta.url))
mkdirSync(images + 'products', { recursive: true })
mkdirSync(images + 'tabs', { recursive: true })

const oneLine = (svg) => svg.replace(/\s*\n\s*/g, '').replace(/<!--.*?-->/g, '') + '\n'

for (const [name, svg] of Object.entries({ ...drinks, ...pastries })) {
  writeFileSync(`${images}products/${name}.svg`, oneLine(svg))
}
for (const [name, svg] of Object.entries(scenes)) {
  writeFileSync(`${images}${name}.svg`, oneLine(svg))
}

function png(path, svg, size) {
  const bytes = execFileSync('rsvg-convert', ['-w', String(size), '-h', String(size)], { input: svg })
  writeFileSync(images + path, bytes)
}

const themes = {
  '': '#5b6b6c',
  '-selected': '#0e4f55',
  '-dark': '#a3b1af',
  '-dark-selected': '#6fc3bf',
}
for (const [name, draw] of Object.entries(icons)) {
  for (const [suffix, color] of Object.entries(themes)) {
    png(`tabs/${name}${suffix}.png`, draw(color, suffix.endsWith('selected')), 81)
  }
}
png('logo.png', logo, 240)
