// All areas. Another area is another file and a line here.
module.exports = [
  // First: it asks for entries of the start, which later ones push out.
  ...require('./objects.js'),
  ...require('./storage.js'),
  ...require('./information.js'),
  ...require('./page.js'),
  ...require('./dialogs.js'),
  ...require('./measuring.js'),
  ...require('./events.js'),
  ...require('./network.js'),
  ...require('./files.js'),
  ...require('./media.js'),
  ...require('./permission.js'),
  ...require('./navigation.js'),
]
