//! The functions behind the bridge. Quick ones are answered in order; what waits gets a task that can be cancelled.
use super::Inner;
use crate::{
    Caller, Decision, LodgerError, SessionEvent,
    bridge::Answer,
    device, files,
    page_stack::{Route, RouteError},
    permissions::is_wechat_scope,
    registry::{ApiKind, ApiRow},
    request, socket,
    storage::StorageError,
    transfer,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Map, Value, json};
use std::sync::{Arc, PoisonError};

/// Longest chunk of `blobPut`, in base64.
const MAX_CHUNK: usize = 512 << 10;

pub(super) type Args = Map<String, Value>;

/// One call that the table allows.
pub(super) struct Called {
    pub generation: u64,
    pub id: u64,
    /// As the page named it: errors begin with it.
    pub api: String,
    /// The row that carries it.
    pub row: &'static ApiRow,
}

impl Inner {
    pub(super) fn carry_out(self: &Arc<Self>, call: Called, args: Args) {
        let Called { generation, id, ref api, row } = call;
        let answer = match row.name.as_str() {
            // Nobody is asked for what does not exist.
            name if row.kind == ApiKind::Device && !self.shared.devices.has(name) => {
                Some(Answer::fail(api, "not supported"))
            }
            "sendSocketMessage" | "closeSocket" => {
                return socket::queue(self, generation, id, call.api, &args);
            }
            // To be asked for first, and asking takes time.
            _ if row.scope.is_some() => None,
            // Its package first: a page is not shown before its code is here.
            "navigateTo" | "redirectTo" | "reLaunch" | "switchTab"
                if self.package_of_url(&args).is_some() =>
            {
                None
            }
            "navigateTo" | "redirectTo" | "reLaunch" | "switchTab" | "navigateBack" => {
                Some(self.navigate(generation, api, &args))
            }
            "getStorage" | "setStorage" | "removeStorage" | "clearStorage" | "getStorageInfo" => {
                Some(self.storage_call(&call, &args).unwrap_or_else(|error| Answer::fail(api, error)))
            }
            "getNetworkType" => Some(Answer::Ok(self.state().network.clone())),
            "getSetting" => Some(self.setting(&args)),
            "getPrivacySetting" => Some(self.privacy_setting()),
            "agreePrivacy" => Some(self.privacy_agree(api)),
            "navigateBackMiniProgram" => Some(self.back_to_program(&args)),
            "exitMiniProgram" => {
                self.events.push(SessionEvent::Exit);
                Some(Answer::empty())
            }
            "applyUpdate" => Some(self.apply_update()),
            "connectSocket" => Some(socket::connect(self, generation, &args)),
            "abort" => Some(self.abort(generation, &args)),
            "blobPut" => Some(self.blob_put(generation, &args)),
            "report" => Some(self.report(generation, &args)),
            "webviewOpen" => Some(self.webview_open(generation, &args)),
            "webviewUpdate" => Some(self.webview_update(generation, &args)),
            "webviewClose" => Some(self.webview_close(generation, &args)),
            "webviewBack" => {
                self.events.push(SessionEvent::WebviewBack);
                Some(Answer::empty())
            }
            _ => files::call(self, generation, api, &row.name, &args),
        };
        match answer {
            Some(answer) => self.finish(generation, id, &answer),
            None => self.spawn_call(call, args),
        }
    }

    fn spawn_call(self: &Arc<Self>, call: Called, args: Args) {
        let Called { generation, id, api, row } = call;
        let inner = Arc::clone(self);
        let task = self.shared.runtime().spawn(async move {
            let call = (generation, id);
            let answer = match inner.ask(call, &api, row.scope.as_deref()).await {
                Some(refusal) => refusal,
                None if row.kind == ApiKind::Device => device::call(&inner, &api, &row.name, args).await,
                None => match row.name.as_str() {
                    "request" => request::send(&inner, call, &args).await,
                    "downloadFile" => transfer::download(&inner, call, &args).await,
                    "uploadFile" => transfer::upload(&inner, call, &args).await,
                    "navigateTo" | "redirectTo" | "reLaunch" | "switchTab" => {
                        inner.navigate_after_package(generation, &api, &args).await
                    }
                    "preDownloadSubpackage" => inner.download_package(call, &args).await,
                    "login" => inner.login(&args).await,
                    "checkSession" => inner.check_session().await,
                    "getPhoneNumber" => inner.phone_number().await,
                    "openSetting" => inner.open_setting(&args).await,
                    "requestSubscribeMessage" => inner.subscribe(&args).await,
                    "navigateToMiniProgram" => inner.open_program(&args).await,
                    "requirePrivacyAuthorize" => inner.privacy_authorize().await,
                    "openPrivacyContract" => inner.privacy_open().await,
                    "enterContact" | "openCustomerServiceChat" => inner.contact(&api, &args).await,
                    "requestPayment" => inner.request_payment(&args).await,
                    "authorize" => inner.authorize(call, &args).await,
                    "invokeHost" => inner.invoke_host(call, &args).await,
                    // A row without code; tests/engine/permissions.rs calls every row, so there is none.
                    _ => Answer::fail(&api, "not supported"),
                },
            };
            inner.finish(generation, id, &answer);
        });
        match self.state().document_of(generation) {
            // Has no effect on a call that has ended already.
            Some(document) => document.attach(id, task.abort_handle()),
            None => task.abort(),
        }
    }

    /// None if the user has granted the scope, or none is needed.
    async fn ask(&self, call: (u64, u64), api: &str, scope: Option<&str>) -> Option<Answer> {
        let granted = self.permissions.granted(scope?).await;
        let decision = if matches!(granted, Ok(true)) { Decision::Granted } else { Decision::Denied };
        self.trace_decision(call, decision);
        match granted {
            Ok(true) => None,
            Ok(false) => Some(Answer::fail(api, "auth deny").with_errno(103)),
            Err(error) => Some(Answer::fail(api, error)),
        }
    }

    pub(super) fn navigate(&self, generation: u64, api: &str, args: &Args) -> Answer {
        let route = {
            let mut state = self.state();
            if state.generation != generation {
                return Answer::fail(api, "interrupted");
            }
            let url = args.get("url").and_then(Value::as_str);
            let with_url = |go: &mut dyn FnMut(&str) -> Result<Route, RouteError>| match url {
                Some(url) => go(url).map_err(|error| error.to_string()),
                None => Err("parameter.url should be String".to_owned()),
            };
            let pages = &mut state.pages;
            match api {
                "navigateTo" => with_url(&mut |url| pages.navigate_to(url)),
                "redirectTo" => with_url(&mut |url| pages.redirect_to(url)),
                "reLaunch" => with_url(&mut |url| pages.re_launch(url)),
                "switchTab" => with_url(&mut |url| pages.switch_tab(url)),
                _ => {
                    let delta = args.get("delta").and_then(Value::as_u64).unwrap_or(1);
                    pages.navigate_back(delta).map_err(|error| error.to_string())
                }
            }
        };
        match route {
            Ok(route) => {
                self.webviews_follow();
                self.tell_route();
                Answer::Ok(json!({ "route": route }))
            }
            Err(reason) => Answer::fail(api, reason),
        }
    }

    fn storage_call(&self, call: &Called, args: &Args) -> Result<Answer, StorageError> {
        let text = |name| args.get(name).and_then(Value::as_str);
        let key = || text("key").ok_or(StorageError::Key);
        match call.row.name.as_str() {
            "getStorage" => Ok(Answer::Ok(json!({ "data": self.storage.get(key()?)? }))),
            "setStorage" => {
                // A long value comes as a blob, since it does not fit into a message.
                let put = text("blob").and_then(|token| self.text_put(call.generation, token));
                let Some(data) = put.as_deref().or_else(|| text("data")) else {
                    return Ok(Answer::fail(&call.api, "parameter.data should be String"));
                };
                self.storage.set(key()?, data).map(|()| Answer::empty())
            }
            "removeStorage" => self.storage.remove(key()?).map(|()| Answer::empty()),
            "clearStorage" => self.storage.clear().map(|()| Answer::empty()),
            _ => Ok(Answer::Ok(json!(self.storage.info()?))),
        }
    }

    /// The text of a blob that the page has put.
    fn text_put(&self, generation: u64, token: &str) -> Option<String> {
        let bytes = self.state().document_of(generation)?.blobs.take_incoming(token)?;
        String::from_utf8(bytes).ok()
    }

    async fn authorize(&self, call: (u64, u64), args: &Args) -> Answer {
        match args.get("scope").and_then(Value::as_str).filter(|scope| is_wechat_scope(scope)) {
            Some(scope) => self.ask(call, "authorize", Some(scope)).await.unwrap_or_else(Answer::empty),
            None => Answer::fail("authorize", "invalid scope"),
        }
    }

    async fn invoke_host(&self, call: (u64, u64), args: &Args) -> Answer {
        const API: &str = "invokeHost";
        let name = args.get("name").and_then(Value::as_str).unwrap_or("");
        let api = {
            let apis = self.shared.host_apis.read().unwrap_or_else(PoisonError::into_inner);
            apis.get(name).cloned()
        };
        let Some(api) = api else { return Answer::fail(API, "the host has no such function") };
        if api.capability().is_some_and(|name| self.shared.config.disabled_capabilities.contains(name)) {
            return Answer::fail(API, "switched off by the host");
        }
        if let Some(refusal) = self.ask(call, API, api.scope()).await {
            return refusal;
        }
        let caller = Caller {
            app: self.identity.app.clone(),
            user: self.identity.user.clone(),
            index: self.code().digest.to_hex(),
        };
        match api.call(&caller, args.get("args").cloned().unwrap_or(Value::Null)).await {
            Ok(result) => Answer::Ok(json!({ "result": result })),
            Err(reason) => Answer::fail(API, reason),
        }
    }

    fn abort(&self, generation: u64, args: &Args) -> Answer {
        if let Some(id) = args.get("id").and_then(Value::as_u64) {
            let aborted = self.state().document_of(generation).and_then(|document| document.abort(id));
            if let Some(answer) = aborted {
                self.trace_answer((generation, id), &answer);
            }
        }
        Answer::empty()
    }

    fn blob_put(&self, generation: u64, args: &Args) -> Answer {
        const API: &str = "blobPut";
        let token = args.get("token").and_then(Value::as_str);
        let seq = args.get("seq").and_then(Value::as_u64);
        let data = args.get("data").and_then(Value::as_str).filter(|data| data.len() <= MAX_CHUNK);
        let last = args.get("last").and_then(Value::as_bool);
        let (Some(token), Some(seq), Some(data), Some(last)) = (token, seq, data, last) else {
            return Answer::fail(API, "a blob chunk is {token, seq, data up to 512 KiB, last}");
        };
        let Ok(chunk) = STANDARD.decode(data) else {
            return Answer::fail(API, "data is not base64");
        };
        match self
            .state()
            .document_of(generation)
            .map(|document| document.blobs.put(token, seq, &chunk, last))
        {
            Some(Err(error)) => Answer::fail(API, error),
            _ => Answer::empty(),
        }
    }

    /// Keeps bytes for `GET /.lodger/blob/<token>`.
    pub(crate) fn offer_blob(&self, generation: u64, bytes: Vec<u8>) -> Result<String, LodgerError> {
        let token = crate::vault::random_token()?;
        let kept = match self.state().document_of(generation) {
            Some(document) => document.blobs.offer(token.clone(), bytes),
            None => true,
        };
        if kept {
            Ok(token)
        } else {
            Err(LodgerError::internal("blobs-full", "the page holds more than 64 MiB of results"))
        }
    }
}
