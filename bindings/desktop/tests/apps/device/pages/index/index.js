const say = (name, value) => console.log(`${name} ${JSON.stringify(value)}`);
const failed = (name) => (error) => say(`${name} failed`, error.errMsg);

Page({
  onLoad({ port }) {
    this.port = port;
    say(
      "can",
      [
        "setClipboardData",
        "connectSocket",
        "vibrateShort",
        "getBatteryInfoSync",
      ].map((name) => wx.canIUse(name)),
    );
    wx.vibrateShort({ type: "light", fail: failed("vibrate") });
    say("battery", typeof wx.getBatteryInfoSync().level);
    wx.getNetworkType({
      success: ({ networkType }) => say("network", networkType !== "unknown"),
    });
    wx.setClipboardData({ data: 7, fail: failed("copy") });
    wx.connectSocket({ url: "https://127.0.0.1/", fail: failed("socket") });
    wx.sendSocketMessage({ data: "x", fail: failed("send") });
  },

  copy() {
    wx.setClipboardData({
      data: "咖啡 ☕\nsecond line",
      success: () =>
        wx.getClipboardData({
          success: ({ data, errMsg }) => say("clipboard", [data, errMsg]),
        }),
      fail: failed("clipboard"),
    });
  },

  socket() {
    const long = "é".repeat(100000);
    const task = wx.connectSocket({
      url: `ws://127.0.0.1:${this.port}/echo`,
      protocols: ["chat"],
      header: { "x-mine": "yes" },
      success: ({ errMsg }) => say("connect", errMsg),
    });
    wx.onSocketOpen(() => say("global open", task.readyState === task.OPEN));
    task.onOpen(({ header }) => {
      say("protocol", header["sec-websocket-protocol"]);
      task.send({ data: "first" });
      task.send({ data: new Uint8Array([0, 1, 255]).buffer });
      task.send({ data: long });
      task.send({ data: new Uint8Array(70000).fill(7).buffer });
      task.send({ data: "last" });
    });
    const got = [];
    task.onMessage(({ data }) => {
      got.push(
        typeof data === "string"
          ? data.slice(0, 5) + data.length
          : [data.byteLength, new Uint8Array(data)[2]],
      );
      if (data !== "last") return;
      say("got", got);
      task.close({ code: 3001, reason: "enough" });
    });
    task.onError(({ errMsg }) => say("error", errMsg));
    task.onClose(({ code, reason }) => {
      say("close", [code, reason, task.readyState]);
      this.refused();
    });
  },

  refused() {
    // The server closes this one by itself, and the next does not exist.
    const task = wx.connectSocket({ url: `ws://127.0.0.1:${this.port}/close` });
    task.onClose(({ code, reason }) => {
      say("closed", [code, reason]);
      const none = wx.connectSocket({
        url: `ws://127.0.0.1:${this.port}/none`,
      });
      none.onError(({ errMsg }) => say("none", errMsg));
    });
  },

  async picture() {
    const { width, height, type, orientation, path } = await wx.getImageInfo({
      src: "/wide.png",
    });
    say("info", [width, height, type, orientation, path]);
    const { tempFilePath } = await wx.compressImage({
      src: "/wide.png",
      compressedWidth: 16,
    });
    const small = await wx.getImageInfo({ src: tempFilePath });
    say("small", [
      small.width,
      small.height,
      small.type,
      small.path === tempFilePath,
    ]);
    wx.getImageInfo({ src: "/none.png", fail: failed("none") });
  },

  preview() {
    wx.previewImage({ urls: ["/wide.png", "/high.png"], current: "/high.png" });
  },

  choose() {
    wx.chooseImage({
      count: 2,
      success: ({ tempFilePaths, tempFiles }) =>
        Promise.all(tempFilePaths.map((src) => wx.getImageInfo({ src }))).then(
          (infos) =>
            say(
              "chosen",
              infos.map(({ width, type }, at) => [
                width,
                type,
                tempFiles[at].size > 0,
              ]),
            ),
        ),
      fail: failed("choose"),
    });
  },

  late() {
    setTimeout(() => wx.chooseImage({ fail: failed("late") }), 7000);
  },
});
