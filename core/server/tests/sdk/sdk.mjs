// Calls the server with other people's SDKs, untouched but for the base URL. Reads one JSON object with `url`, `appid`,
// `secret` and a list of `calls` on standard input; writes what each call gave, one JSON value a line.
import { createRequire } from "node:module";
import { createHash, createHmac } from "node:crypto";
import { text } from "node:stream/consumers";

const require = createRequire(import.meta.url);
const WechatAPI = require("co-wechat-api");
// By its file: the index also loads its social logins, whose package is published without its code.
const MiniApp = require("node-easywechat/dist/MiniApp/Application");
const Encryptor = require("node-easywechat/dist/Core/Encryptor");

const { url, appid, secret, calls } = JSON.parse(await text(process.stdin));

const co = new WechatAPI(appid, secret);
for (const name of [
  "prefix",
  "snsPrefix",
  "wxaPrefix",
  "customservicePrefix",
]) {
  co[name] = co[name].replace("https://api.weixin.qq.com", url);
}
const easy = new MiniApp({
  app_id: appid,
  secret,
  use_stable_access_token: true,
  http: { baseURL: `${url}/` },
});

const sign = (key) =>
  createHmac("sha256", key).update("").digest("hex").toUpperCase();
const signed = (openid, key) => ({
  openid,
  signature: sign(key),
  sig_method: "hmac_sha256",
});
const post = (path, json) =>
  easy
    .getClient()
    .post(path, { json })
    .then((answer) => answer.toObject());
const read = (path, params) =>
  easy
    .getClient()
    .get(path, { params })
    .then((answer) => answer.toObject());
/** What of an image can be told in JSON. */
const image = (buffer) => ({
  png: buffer.subarray(1, 4).toString(),
  sha256: createHash("sha256").update(buffer).digest("hex"),
  base64: buffer.toString("base64"),
});

const known = {
  /** The SDK's own renewal: it holds a token that the server does not know. */
  async renewal(openid, key) {
    co.store = { accessToken: "not-a-token", expireTime: Date.now() + 60_000 };
    const query = new URLSearchParams({
      access_token: "not-a-token",
      ...signed(openid, key),
    });
    return co.request(`${co.wxaPrefix}checksession?${query}`, {
      method: "GET",
    });
  },
  session: (code) => co.code2Session(code),
  easySession: (code) => easy.getUtils().codeToSession(code),
  stable: async () => {
    const first = await easy.getAccessToken().getStableAccessToken();
    const again = await easy.getAccessToken().getStableAccessToken();
    const forced = await easy.getAccessToken().getStableAccessToken(true);
    return { same: first === again, renewed: forced !== first };
  },
  check: (openid, key) => read("wxa/checksession", signed(openid, key)),
  checkKey: (openid, key) => read("wxa/checksessionkey", signed(openid, key)),
  reset: (openid, key) => read("wxa/resetusersessionkey", signed(openid, key)),
  phone: (code) => post("wxa/business/getuserphonenumber", { code }),
  /** A callback's encrypted text, as node-easywechat opens it. */
  open: async (token, key, encrypt, signature, nonce, timestamp) =>
    new Encryptor(appid, token, key, appid).decrypt(
      encrypt,
      signature,
      nonce,
      timestamp,
    ),
  post,
  read,
  subscribe: (...words) => co.sendSubscribeMessage(...words),
  text: (openid, content) => co.sendText(openid, content),
  unlimited: async (scene, page) =>
    image(await co.getWXACodeUnlimit(scene, page)),
  code: async (path) => image(await co.getWXACode(path)),
  qr: async (path) => image(await co.createWXAQRCode(path)),
};

for (const [name, ...words] of calls) {
  const done = await known[name](...words).catch((error) => ({
    failed:
      error.code ?? Number(/"errcode":(-?\d+)/.exec(error.message)?.[1] ?? 0),
    message: error.message,
  }));
  console.log(JSON.stringify(done));
}
