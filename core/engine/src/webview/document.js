// Runs in a website that a <web-view> shows, before its own scripts. WeChat's JS-SDK (jweixin) speaks through
// WeixinJSBridge; websites without it find wx.miniProgram as it would have made it. Written for the oldest webviews.
;(function () {
  'use strict'
  var ipc = window.ipc
  if (window.WeixinJSBridge || !ipc) return
  var post = ipc.postMessage
  var stringify = JSON.stringify
  var later = setTimeout
  var NAMES = ['navigateTo', 'navigateBack', 'switchTab', 'reLaunch', 'redirectTo', 'postMessage']

  // Nothing comes back from the program: "ok" says that the message is on its way.
  function invoke(name, args, callback) {
    var wanted = args && args.name
    var known = name === 'invokeMiniProgramAPI' && NAMES.indexOf(wanted) >= 0
    var errMsg = name + (known ? ':ok' : ':fail not supported in a web-view')
    if (known) {
      try {
        var arg = args.arg === undefined ? {} : args.arg
        if (wanted === 'navigateBack') arg = { delta: Number(arg.delta) || 1 }
        else if (wanted !== 'postMessage') arg = { url: String(arg.url) }
        post.call(ipc, stringify({ name: wanted, arg: arg }))
      } catch (error) {
        errMsg = name + ':fail ' + error.message
      }
    }
    if (typeof callback === 'function')
      later(function () {
        callback({ errMsg: errMsg, err_msg: errMsg })
      }, 0)
  }

  var miniProgram = {
    getEnv: function (callback) {
      callback({ miniprogram: true })
    },
  }
  NAMES.forEach(function (name) {
    miniProgram[name] = function (options) {
      var given = options || {}
      invoke('invokeMiniProgramAPI', { name: name, arg: name === 'postMessage' ? given.data : given }, function (res) {
        var done = /:ok$/.test(res.errMsg) ? given.success : given.fail
        if (typeof done === 'function') done(res)
        if (typeof given.complete === 'function') given.complete(res)
      })
    }
  })

  window.__wxjs_environment = 'miniprogram'
  window.WeixinJSBridge = { invoke: invoke, call: invoke, on: function () {} }
  window.wx = { miniProgram: miniProgram }
  document.addEventListener('DOMContentLoaded', function () {
    document.dispatchEvent(new Event('WeixinJSBridgeReady'))
  })
})()
