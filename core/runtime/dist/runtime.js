// Generated from core/runtime/src by `npm run build`. Do not edit. Contains glass-easel (MIT, Tencent).
"use strict";(()=>{})();
