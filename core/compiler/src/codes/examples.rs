//! For every code a project that has it, the same project put right, and where WeChat documents the matter.
use super::Example;

pub(super) static EXAMPLES: &[Example] = &[
    Example {
        code: "L0001",
        wrong: &[("project.config.json", "{ \"appid\": \"coffee\", \"miniprogramRoot\": \"src/\" }")],
        right: &[("project.config.json", "{ \"appid\": \"coffee\" }")],
        link: "https://developers.weixin.qq.com/miniprogram/dev/devtools/projectconfig.html",
    },
    Example {
        code: "L0002",
        wrong: &[("project.config.json", "{ \"setting\": {} }")],
        right: &[("project.config.json", "{ \"appid\": \"coffee\", \"setting\": {} }")],
        link: "https://developers.weixin.qq.com/miniprogram/dev/devtools/projectconfig.html",
    },
    Example {
        code: "L0003",
        wrong: &[("pages/a.wxml", "<view>caf\\xe9</view>  (saved as Latin-1)")],
        right: &[("pages/a.wxml", "<view>café</view>  (saved as UTF-8)")],
        link: "https://developers.weixin.qq.com/miniprogram/dev/reference/wxml/",
    },
    Example {
        code: "L0004",
        wrong: &[
            ("pages/a.js", "require('../Utils/money')"),
            ("utils/money.js", "exports.yuan = cents => cents / 100"),
        ],
        right: &[
            ("pages/a.js", "require('../utils/money')"),
            ("utils/money.js", "exports.yuan = cents => cents / 100"),
        ],
        link: "https://developers.weixin.qq.com/miniprogram/dev/reference/api/require.html",
    },
    Example {
        code: "L0005",
        wrong: &[("pages/a.js", "require('../../shared/money')")],
        right: &[
            ("pages/a.js", "require('../shared/money')"),
            ("shared/money.js", "exports.yuan = cents => cents / 100"),
        ],
        link: "https://developers.weixin.qq.com/miniprogram/dev/reference/api/require.html",
    },
    Example {
        code: "L0006",
        wrong: &[("lodger.json", "{ \"version\": \"1.2.0\" }")],
        right: &[("lodger.json", "{ \"version\": { \"name\": \"1.2.0\", \"code\": 12 } }")],
        link: "https://developers.weixin.qq.com/miniprogram/dev/devtools/projectconfig.html",
    },
    Example {
        code: "L0007",
        wrong: &[(
            "app.json",
            "{ \"pages\": [\"pages/a\"], \"plugins\": { \"chat\": { \"version\": \"1.0.0\", \"provider\": \"wx0\" } } }",
        )],
        right: &[("app.json", "{ \"pages\": [\"pages/a\"] }")],
        link: "https://developers.weixin.qq.com/miniprogram/dev/framework/plugin/using.html",
    },
    Example {
        code: "L0101",
        wrong: &[("app.json", "{ \"pages\": [\"pages/a\"] \"style\": \"v2\" }")],
        right: &[("app.json", "{ \"pages\": [\"pages/a\"], \"style\": \"v2\" }")],
        link: "https://developers.weixin.qq.com/miniprogram/dev/reference/configuration/app.html",
    },
    Example {
        code: "L0102",
        wrong: &[("app.json", "{ \"window\": {} }")],
        right: &[("app.json", "{ \"pages\": [\"pages/a\"], \"window\": {} }")],
        link: "https://developers.weixin.qq.com/miniprogram/dev/reference/configuration/app.html",
    },
    Example {
        code: "L0103",
        wrong: &[("app.json", "{ \"pages\": [\"pages/a\", \"pages/cart\"] }")],
        right: &[
            ("app.json", "{ \"pages\": [\"pages/a\", \"pages/cart\"] }"),
            ("pages/cart.wxml", "<view>Your cart</view>"),
        ],
        link: "https://developers.weixin.qq.com/miniprogram/dev/reference/configuration/app.html",
    },
    Example {
        code: "L0104",
        wrong: &[(
            "app.json",
            "{ \"pages\": [\"pages/a\"], \"tabBar\": { \"list\": [{ \"pagePath\": \"pages/a\", \"text\": \"Home\", \"iconPath\": \"home.png\" }] } }",
        )],
        right: &[(
            "app.json",
            "{ \"pages\": [\"pages/a\"], \"tabBar\": { \"list\": [{ \"pagePath\": \"pages/a\", \"text\": \"Home\" }] } }",
        )],
        link: "https://developers.weixin.qq.com/miniprogram/dev/reference/configuration/app.html",
    },
    Example {
        code: "L0201",
        wrong: &[
            ("pages/a.json", "{ \"usingComponents\": { \"price\": \"../componnts/price\" } }"),
            ("components/price.json", "{ \"component\": true }"),
        ],
        right: &[
            ("pages/a.json", "{ \"usingComponents\": { \"price\": \"../components/price\" } }"),
            ("components/price.json", "{ \"component\": true }"),
        ],
        link: "https://developers.weixin.qq.com/miniprogram/dev/framework/custom-component/",
    },
    Example {
        code: "L0202",
        wrong: &[
            (
                "app.json",
                "{ \"pages\": [\"pages/a\"], \"subPackages\": [{ \"root\": \"order\", \"pages\": [\"list\"] }] }",
            ),
            ("order/list.wxml", "<view/>"),
            ("order/row.json", "{ \"component\": true }"),
            ("pages/a.json", "{ \"usingComponents\": { \"row\": \"/order/row\" } }"),
        ],
        right: &[
            (
                "app.json",
                "{ \"pages\": [\"pages/a\"], \"subPackages\": [{ \"root\": \"order\", \"pages\": [\"list\"] }] }",
            ),
            ("order/list.wxml", "<view/>"),
            ("order/row.json", "{ \"component\": true }"),
            (
                "pages/a.json",
                "{ \"usingComponents\": { \"row\": \"/order/row\" }, \"componentPlaceholder\": { \"row\": \"view\" } }",
            ),
        ],
        link: "https://developers.weixin.qq.com/miniprogram/dev/framework/subpackages/async.html",
    },
    Example {
        code: "L0203",
        wrong: &[("pages/a.json", "{ \"usingComponents\": { \"chat\": \"plugin://chat/window\" } }")],
        right: &[
            ("pages/a.json", "{ \"usingComponents\": { \"chat\": \"../components/chat\" } }"),
            ("components/chat.json", "{ \"component\": true }"),
        ],
        link: "https://developers.weixin.qq.com/miniprogram/dev/framework/plugin/using.html",
    },
    Example {
        code: "L0204",
        wrong: &[
            (
                "app.json",
                "{ \"pages\": [\"pages/a\"], \"subPackages\": [{ \"root\": \"order\", \"pages\": [\"list\"], \"independent\": true }] }",
            ),
            ("order/list.js", "require('../utils/money')"),
            ("utils/money.js", "exports.yuan = cents => cents / 100"),
        ],
        right: &[
            (
                "app.json",
                "{ \"pages\": [\"pages/a\"], \"subPackages\": [{ \"root\": \"order\", \"pages\": [\"list\"], \"independent\": true }] }",
            ),
            ("order/list.js", "require('./money')"),
            ("order/money.js", "exports.yuan = cents => cents / 100"),
        ],
        link: "https://developers.weixin.qq.com/miniprogram/dev/framework/subpackages/independent.html",
    },
    Example {
        code: "L0301",
        wrong: &[("pages/a.wxml", "<view>\n  <text>{{ price * }}\n</view>")],
        right: &[("pages/a.wxml", "<view>\n  <text>{{ price * count }}</text>\n</view>")],
        link: "https://developers.weixin.qq.com/miniprogram/dev/reference/wxml/",
    },
    Example {
        code: "L0302",
        wrong: &[("pages/a.wxml", "<image mode=\"widthFix\" src=\"/a.png\" mode=\"aspectFill\" />")],
        right: &[("pages/a.wxml", "<image src=\"/a.png\" mode=\"aspectFill\" />")],
        link: "https://developers.weixin.qq.com/miniprogram/dev/reference/wxml/",
    },
    Example {
        code: "L0303",
        wrong: &[
            ("pages/a.wxml", "<include src=\"../parts/foot\" />"),
            ("parts/footer.wxml", "<view>Thank you</view>"),
        ],
        right: &[
            ("pages/a.wxml", "<include src=\"../parts/footer\" />"),
            ("parts/footer.wxml", "<view>Thank you</view>"),
        ],
        link: "https://developers.weixin.qq.com/miniprogram/dev/reference/wxml/import.html",
    },
    Example {
        code: "L0304",
        wrong: &[(
            "pages/a.wxml",
            "<view wx:fro=\"{{ goods }}\" v-if=\"{{ open }}\" @click=\"buy\">{{ item }}</view>",
        )],
        right: &[(
            "pages/a.wxml",
            "<view wx:for=\"{{ goods }}\" wx:if=\"{{ open }}\" bind:tap=\"buy\">{{ item }}</view>",
        )],
        link: "https://developers.weixin.qq.com/miniprogram/dev/reference/wxml/conditional.html",
    },
    Example {
        code: "L0305",
        wrong: &[("pages/a.wxml", "<include src=\"b\" />"), ("pages/b.wxml", "<include src=\"a\" />")],
        right: &[("pages/a.wxml", "<include src=\"b\" />"), ("pages/b.wxml", "<view>The common part</view>")],
        link: "https://developers.weixin.qq.com/miniprogram/dev/reference/wxml/import.html",
    },
    Example {
        code: "L0306",
        wrong: &[("pages/a.wxml", "<viw>Hello</viw>")],
        right: &[("pages/a.wxml", "<view>Hello</view>")],
        link: "https://developers.weixin.qq.com/miniprogram/dev/component/",
    },
    Example {
        code: "L0401",
        wrong: &[("pages/a.wxss", ".price } color: red; }")],
        right: &[("pages/a.wxss", ".price { color: red; }")],
        link: "https://developers.weixin.qq.com/miniprogram/dev/framework/view/wxss.html",
    },
    Example {
        code: "L0402",
        wrong: &[("pages/a.wxss", "@import \"https://cdn.example.com/base.wxss\";")],
        right: &[
            ("pages/a.wxss", "@import \"../styles/base.wxss\";"),
            ("styles/base.wxss", ".a { color: red; }"),
        ],
        link: "https://developers.weixin.qq.com/miniprogram/dev/framework/view/wxss.html",
    },
    Example {
        code: "L0403",
        wrong: &[
            ("pages/a.wxss", "@import \"../styles/bse.wxss\";"),
            ("styles/base.wxss", ".a { color: red; }"),
        ],
        right: &[
            ("pages/a.wxss", "@import \"../styles/base.wxss\";"),
            ("styles/base.wxss", ".a { color: red; }"),
        ],
        link: "https://developers.weixin.qq.com/miniprogram/dev/framework/view/wxss.html",
    },
    Example {
        code: "L0404",
        wrong: &[("pages/a.wxss", "@import \"b.wxss\";"), ("pages/b.wxss", "@import \"a.wxss\";")],
        right: &[("pages/a.wxss", "@import \"b.wxss\";"), ("pages/b.wxss", ".a { color: red; }")],
        link: "https://developers.weixin.qq.com/miniprogram/dev/framework/view/wxss.html",
    },
    Example {
        code: "L0405",
        wrong: &[
            (
                "project.config.json",
                "{ \"appid\": \"coffee\", \"setting\": { \"useCompilerPlugins\": [\"sass\"] } }",
            ),
            ("pages/a.scss", ".price { color: $red; }"),
        ],
        right: &[
            (
                "project.config.json",
                "{ \"appid\": \"coffee\", \"setting\": { \"useCompilerPlugins\": [\"sass\"] } }",
            ),
            ("pages/a.scss", "$red: #f00;\n.price { color: $red; }"),
        ],
        link: "https://developers.weixin.qq.com/miniprogram/dev/devtools/compilets.html",
    },
    Example {
        code: "L0501",
        wrong: &[("pages/a.js", "Page({ data: {, })")],
        right: &[("pages/a.js", "Page({ data: {} })")],
        link: "https://developers.weixin.qq.com/miniprogram/dev/devtools/compilets.html",
    },
    Example {
        code: "L0502",
        wrong: &[
            ("pages/a.js", "const money = require('../utils/mony')"),
            ("utils/money.js", "exports.yuan = cents => cents / 100"),
        ],
        right: &[
            ("pages/a.js", "const money = require('../utils/money')"),
            ("utils/money.js", "exports.yuan = cents => cents / 100"),
        ],
        link: "https://developers.weixin.qq.com/miniprogram/dev/reference/api/require.html",
    },
    Example {
        code: "L0503",
        wrong: &[
            (
                "app.json",
                "{ \"pages\": [\"pages/a\"], \"subPackages\": [{ \"root\": \"order\", \"pages\": [\"list\"] }] }",
            ),
            ("order/list.wxml", "<view/>"),
            ("order/price.js", "exports.total = 1"),
            ("pages/a.js", "const price = require('../order/price')"),
        ],
        right: &[
            (
                "app.json",
                "{ \"pages\": [\"pages/a\"], \"subPackages\": [{ \"root\": \"order\", \"pages\": [\"list\"] }] }",
            ),
            ("order/list.wxml", "<view/>"),
            ("order/price.js", "exports.total = 1"),
            ("pages/a.js", "require.async('../order/price').then(price => console.log(price.total))"),
        ],
        link: "https://developers.weixin.qq.com/miniprogram/dev/framework/subpackages/async.html",
    },
    Example {
        code: "L0504",
        wrong: &[("pages/a.js", "const goods = await load()")],
        right: &[("pages/a.js", "Page({\n  async onLoad() {\n    const goods = await load()\n  },\n})")],
        link: "https://developers.weixin.qq.com/miniprogram/dev/reference/api/require.html",
    },
    Example {
        code: "L0505",
        wrong: &[
            ("pages/a.js", "const { yuan } = require('../utils/money')"),
            (
                "utils/money.js",
                "const { symbol } = require('./region')\nexports.yuan = cents => symbol + cents / 100",
            ),
            ("utils/region.js", "const { yuan } = require('./money')\nexports.symbol = '¥'"),
        ],
        right: &[
            ("pages/a.js", "const { yuan } = require('../utils/money')"),
            (
                "utils/money.js",
                "const { symbol } = require('./region')\nexports.yuan = cents => symbol + cents / 100",
            ),
            ("utils/region.js", "exports.symbol = '¥'"),
        ],
        link: "https://developers.weixin.qq.com/miniprogram/dev/reference/api/require.html",
    },
    Example {
        code: "L0601",
        wrong: &[
            ("pages/a.js", "require('kit')"),
            ("node_modules/kit/package.json", "{ \"name\": \"kit\", \"miniprogram\": \"no-such-folder\" }"),
        ],
        right: &[
            ("pages/a.js", "require('kit')"),
            ("node_modules/kit/package.json", "{ \"name\": \"kit\" }"),
            ("node_modules/kit/index.js", "exports.kit = 1"),
        ],
        link: "https://developers.weixin.qq.com/miniprogram/dev/devtools/npm.html",
    },
    Example {
        code: "L0602",
        wrong: &[
            ("package.json", "{ \"dependencies\": { \"dayjs\": \"^1.11.0\" } }"),
            ("pages/a.js", "const dayjs = require('dayjs')"),
        ],
        right: &[
            ("package.json", "{ \"dependencies\": { \"dayjs\": \"^1.11.0\" } }"),
            ("pages/a.js", "const dayjs = require('dayjs')"),
            ("node_modules/dayjs/package.json", "{ \"name\": \"dayjs\", \"main\": \"dayjs.min.js\" }"),
            ("node_modules/dayjs/dayjs.min.js", "module.exports = () => 0"),
        ],
        link: "https://developers.weixin.qq.com/miniprogram/dev/devtools/npm.html",
    },
    Example {
        code: "L0701",
        wrong: &[("images/Logo.png", "…"), ("images/logo.png", "…")],
        right: &[("images/logo.png", "…")],
        link: "https://developers.weixin.qq.com/miniprogram/dev/framework/structure.html",
    },
    Example {
        code: "L0702",
        wrong: &[("images/poster.png", "… 3 MB …")],
        right: &[("images/poster.png", "… 80 KB …")],
        link: "https://developers.weixin.qq.com/miniprogram/dev/framework/subpackages/basic.html",
    },
    Example {
        code: "L0801",
        wrong: &[("pages/a.js", "Page({\n  beat() {\n    wx.startBeaconDiscovery({ uuids: [] })\n  },\n})")],
        right: &[(
            "pages/a.js",
            "Page({\n  beat() {\n    if (wx.canIUse('startBeaconDiscovery')) wx.startBeaconDiscovery({ uuids: [] })\n  },\n})",
        )],
        link: "https://developers.weixin.qq.com/miniprogram/dev/api/",
    },
    Example {
        code: "L0802",
        wrong: &[("pages/a.js", "const { shop } = wx.getExtConfigSync()")],
        right: &[
            ("pages/a.js", "const { shop } = require('../config')"),
            ("config.js", "exports.shop = 'main street'"),
        ],
        link: "https://developers.weixin.qq.com/miniprogram/dev/api/",
    },
    Example {
        code: "L0803",
        wrong: &[("pages/a.js", "wx.shwToast({ title: 'Done' })")],
        right: &[("pages/a.js", "wx.showToast({ title: 'Done' })")],
        link: "https://developers.weixin.qq.com/miniprogram/dev/api/",
    },
    Example {
        code: "L0804",
        wrong: &[("pages/a.wxml", "<voip-room />")],
        right: &[("pages/a.wxml", "<view>Calls are not possible here.</view>")],
        link: "https://developers.weixin.qq.com/miniprogram/dev/component/",
    },
    Example {
        code: "L0805",
        wrong: &[("pages/a.wxml", "<video src=\"/media/film.mp4\" is-drm />")],
        right: &[("pages/a.wxml", "<video src=\"/media/film.mp4\" />")],
        link: "https://developers.weixin.qq.com/miniprogram/dev/component/",
    },
    Example {
        code: "L0806",
        wrong: &[("pages/a.wxml", "<image srcc=\"/images/logo.png\" />")],
        right: &[("pages/a.wxml", "<image src=\"/images/logo.png\" />")],
        link: "https://developers.weixin.qq.com/miniprogram/dev/component/",
    },
    Example {
        code: "L0807",
        wrong: &[
            ("pages/a.js", "wx.request({ url: 'https://api.example.com/goods' })"),
            ("lodger.json", "{ \"domains\": { \"request\": [] } }"),
        ],
        right: &[
            ("pages/a.js", "wx.request({ url: 'https://api.example.com/goods' })"),
            ("lodger.json", "{ \"domains\": { \"request\": [\"https://api.example.com\"] } }"),
        ],
        link: "https://developers.weixin.qq.com/miniprogram/dev/framework/ability/network.html",
    },
    Example {
        code: "L0808",
        wrong: &[("pages/a.js", "const appSecret = '0123456789abcdef0123456789abcdef'")],
        right: &[(
            "pages/a.js",
            "// The server knows the secret; the program sends it the code of wx.login.",
        )],
        link: "https://developers.weixin.qq.com/miniprogram/dev/framework/security.html",
    },
    Example {
        code: "L0901",
        wrong: &[],
        right: &[],
        link: "https://developers.weixin.qq.com/miniprogram/dev/framework/structure.html",
    },
];
