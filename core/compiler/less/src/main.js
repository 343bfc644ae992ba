// Less without a host: three functions that take text and give an answer as JSON.
//
// Less asks for imported files by its answer, `{ wants }`, and gets each by the next call. So the engine has no function
// of the compiler in it, and a style sheet has nothing to call. The other answers are `{ css, … }` and `{ error }`.
import './anchored.js'
import createLess from 'less/lib/less/index.js'
import defaultOptions from 'less/lib/less/default-options.js'
import AbstractFileManager from 'less/lib/less/environment/abstract-file-manager.js'

/** Imports that Less waits for, oldest first. */
let waiting = []
/** What came of it; undefined while Less works or waits. */
let result

/** Puts every import on the list. Loading at once is not offered, so `data-uri()` stays a plain `url()`. */
class Files extends AbstractFileManager {
  supports() {
    return true
  }

  loadFile(name, folder, context, environment, done) {
    waiting.push({ name, folder, done })
  }
}

const less = createLess({}, [new Files()])
less.options = defaultOptions()

// They would read a picture; unknown, they would end up in the CSS.
for (const name of ['image-size', 'image-width', 'image-height']) {
  less.functions.functionRegistry.add(name, () => {
    throw { type: 'Runtime', message: 'it is not supported; write the size' }
  })
}

// LessError assigns `stack` also where there is none, which an engine may refuse if the property is that of Error.
Object.defineProperty(less.LessError.prototype, 'stack', { value: undefined, writable: true })

/** `@plugin` would run the project's JavaScript in the build. */
less.PluginLoader = class {
  loadPlugin() {
    return { then: (_, refuse) => refuse({ message: '@plugin is not supported' }) }
  }
}

// WXSS is not Less: `@import "a.wxss"` stays an import, as that of a .css file does, unless it says otherwise.
const { Import } = less.tree
const { evalForImport } = Import.prototype
Import.prototype.evalForImport = function (context) {
  const evaluated = evalForImport.call(this, context)
  const { reference, isPlugin } = this.options
  const plain = evaluated.css === undefined && !reference && !isPlugin
  if (plain && /\.wxss$/i.test(evaluated.getPath() ?? '')) {
    this.options = { ...this.options, less: false }
    this.css = evaluated.css = true
  }
  return evaluated
}

/** Begins with a file; forgets the one before. */
export function start(file, text) {
  waiting = []
  result = undefined
  less.parse(text, { filename: file }, (error, root, imports, options) => {
    if (!error) {
      try {
        result = write(less.transformTree(root, options))
        return
      } catch (thrown) {
        error = new less.LessError(thrown, imports)
      }
    }
    result = {
      error: { message: message(error), file: error.filename ?? file, index: error.index ?? null },
    }
  })
  return answer()
}

/** Gives the file that was asked for. */
export function supply(file, text) {
  waiting.shift().done(null, { filename: file, contents: text })
  return answer()
}

/** Says why there is no file. */
export function refuse(message) {
  waiting.shift().done({ type: 'File', message })
  return answer()
}

function answer() {
  const [next] = waiting
  return JSON.stringify(next ? { wants: { name: next.name, folder: next.folder } } : result)
}

/** What Less throws has no stack. What has one comes from the engine (too deep, no memory) or from a slip in Less. */
function message({ message, stack }) {
  if (typeof message === 'string' && typeof stack !== 'string') {
    return message
  }
  return `too deep or too large to be compiled${message ? ` (${message})` : ''}`
}

/** The tree as CSS, and where its pieces come from: triples of place in the CSS, number of the file, place there. */
function write(root) {
  const chunks = []
  const files = []
  const marks = []
  let length = 0
  root.genCSS(
    { compress: false, strictUnits: false, numPrecision: 8 },
    {
      add(chunk, origin, index) {
        const text = String(chunk)
        if (origin?.filename !== undefined && index >= 0) {
          let number = files.lastIndexOf(origin.filename)
          if (number < 0) {
            number = files.push(origin.filename) - 1
          }
          marks.push(length, number, index)
        }
        chunks.push(text)
        length += text.length
      },
      isEmpty: () => length === 0,
    },
  )
  return { css: chunks.join(''), files, marks }
}
