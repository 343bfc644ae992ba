// All areas. Another area is another file and a line here.
module.exports = [
  // Before any tap: it wants one.
  ...require('./choosing.js'),
  ...require('./login.js').untapped,
  // Then: it asks for entries of the start, which later ones push out.
  ...require('./objects.js'),
  ...require('./storage.js'),
  ...require('./information.js'),
  ...require('./page.js'),
  ...require('./dialogs.js'),
  ...require('./measuring.js'),
  ...require('./events.js'),
  ...require('./network.js'),
  ...require('./transfers.js'),
  ...require('./sockets.js'),
  ...require('./file-system.js'),
  ...require('./files.js'),
  ...require('./device.js'),
  ...require('./chosen.js'),
  ...require('./pictures.js'),
  ...require('./canvas.js'),
  ...require('./sound.js'),
  ...require('./film.js'),
  ...require('./permission.js'),
  ...require('./login.js'),
  ...require('./payment.js'),
  ...require('./navigation.js'),
]
