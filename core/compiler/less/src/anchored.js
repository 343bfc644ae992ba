// Makes expressions that start with ^ as quick as they should be. Imported for what it does, before Less.
//
// QuickJS tries such an expression at every place of the text, where only the first can do. Less tries dozens of them on
// the whole rest of the file at every token, so the time would grow with the square of the file. The flag y ends that.
const { exec } = RegExp.prototype

/** Flags and source -> the same expression with the flag y, or null where ^ is not for all of it: /^a|b/. */
const anchored = new Map()

RegExp.prototype.exec = function (text) {
  const { source } = this
  if (source[0] === '^') {
    const { flags } = this
    const key = `${flags}/${source}`
    if (!anchored.has(key)) {
      const fits = (flags === '' || flags === 'i') && !hasAlternatives(source)
      anchored.set(key, fits ? new RegExp(source, `${flags}y`) : null)
    }
    const once = anchored.get(key)
    if (once) {
      once.lastIndex = 0
      return exec.call(once, text)
    }
  }
  return exec.call(this, text)
}

/** Whether there is a | outside of groups and classes. */
function hasAlternatives(source) {
  let depth = 0
  let inClass = false
  for (let at = 0; at < source.length; at++) {
    const character = source[at]
    if (character === '\\') {
      at++
    } else if (inClass) {
      inClass = character !== ']'
    } else if (character === '[') {
      inClass = true
    } else if (character === '(') {
      depth++
    } else if (character === ')') {
      depth--
    } else if (character === '|' && depth === 0) {
      return true
    }
  }
  return false
}
