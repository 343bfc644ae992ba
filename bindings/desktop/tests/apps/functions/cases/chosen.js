// What a person picks in a chooser: in Chromium, since nobody can drive a window's own chooser.
const { expect, is } = require('../lib/runner.js')

const temporary = (extension) => (path) => new RegExp(`^wxfile://tmp/.+\\.${extension}$`).test(path)
const positive = (number) => number > 0
const kept = { size: positive, width: 2, height: 2, tempFilePath: temporary('png') }
const filmed = { size: positive, width: 64, height: 48, duration: positive, tempFilePath: temporary('webm') }

/** A call in the handler of a tap, and the files that are picked. */
const picks = (api, args, files, wanted) => ({
  api,
  needs: 'chooser',
  name: `of ${files}`,
  check: async (t) =>
    expect(await t.tapped(() => wx[api](args), files), { errMsg: is(`${api}:ok`), ...wanted }),
})

module.exports = [
  picks('chooseImage', { count: 1 }, ['four.png'], {
    tempFilePaths: (paths) => paths.length === 1 && temporary('png')(paths[0]),
    tempFiles: (files) => files.length === 1 && temporary('png')(files[0].path) && files[0].size > 0,
  }),
  picks('chooseVideo', {}, ['clip.webm'], filmed),
  picks('chooseMedia', { count: 1 }, ['four.png'], {
    type: is('image'),
    tempFiles: { length: 1, 0: { ...kept, fileType: is('image'), duration: 0, thumbTempFilePath: is('') } },
  }),
  picks('chooseMedia', { count: 2 }, ['four.png', 'clip.webm'], {
    type: is('mix'),
    tempFiles: { length: 2, 1: { ...filmed, fileType: is('video'), thumbTempFilePath: temporary('jpg') } },
  }),
  picks('chooseMessageFile', { count: 1, type: 'all' }, ['tone.wav'], {
    tempFiles: {
      length: 1,
      0: { name: is('tone.wav'), type: is('file'), path: temporary('wav'), size: 16044, time: positive },
    },
  }),
]
