//! Functions of the device: who registered them, what the user and the host allow.
use crate::support::*;
use async_trait::async_trait;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use lodger_engine::{
    Device, DeviceCall, DeviceError, DeviceFile, Prompts, ScopeAnswer, ScopePrompt,
    registry::{ApiKind, ApiStatus, Registry},
};
use serde_json::{Value, json};
use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

#[derive(Default)]
struct Phone(Mutex<Vec<DeviceCall>>);

#[async_trait]
impl Device for Phone {
    fn functions(&self) -> Vec<String> {
        ["setClipboardData", "getLocation", "getBatteryInfo", "openDocument"].map(str::to_owned).into()
    }
    async fn call(&self, call: DeviceCall) -> Result<Value, DeviceError> {
        let answer = match call.api.as_str() {
            "getBatteryInfo" => Ok(json!({ "level": 57 })),
            "getLocation" => Err(DeviceError { reason: "no signal".into(), errno: Some(2) }),
            _ => Ok(Value::Null),
        };
        self.0.lock().expect("not poisoned").push(call);
        answer
    }
}

#[derive(Default)]
struct Count {
    asked: AtomicUsize,
    deny: bool,
}

#[async_trait]
impl Prompts for Count {
    async fn scope(&self, _: ScopePrompt) -> ScopeAnswer {
        self.asked.fetch_add(1, Ordering::Relaxed);
        if self.deny { ScopeAnswer::Denied } else { ScopeAnswer::Granted }
    }
}

fn world(prompts: Arc<Count>, disabled: &'static [&'static str]) -> (World, Arc<Phone>) {
    let world = World::new(Setup { prompts, disabled, ..Setup::default() });
    let phone = Arc::new(Phone::default());
    world.engine.register_device(Arc::<Phone>::clone(&phone)).expect("rows of kind device");
    (world, phone)
}

#[test]
fn what_nobody_registered_is_not_supported_and_nobody_is_asked_for_it() {
    let prompts = Arc::new(Count::default());
    let world = World::new(Setup { prompts: prompts.clone(), ..Setup::default() });
    let (session, _) = world.open();
    let mut page = world.page(&session);
    for row in Registry::get().rows() {
        if row.kind == ApiKind::Device && row.status != ApiStatus::None {
            assert_eq!(page.fails(&row.name, json!({})), format!("{}:fail not supported", row.name));
        }
    }
    assert_eq!(prompts.asked.load(Ordering::Relaxed), 0);
}

#[test]
fn row_10_a_device_is_told_who_calls_after_the_user_was_asked() {
    let prompts = Arc::new(Count::default());
    let (world, phone) = world(prompts.clone(), &[]);
    let (session, _) = world.open();
    let mut page = world.page(&session);
    assert_eq!(page.call("setClipboardData", json!({ "data": "x", "caller": "evil" })), json!({}));
    assert_eq!(prompts.asked.load(Ordering::Relaxed), 0, "it has no scope");
    let id = page.send("getLocation", json!({ "type": "wgs84" }));
    assert_eq!(page.answer(id)["err"], json!({ "errMsg": "getLocation:fail no signal", "errno": 2 }));
    assert_eq!(prompts.asked.load(Ordering::Relaxed), 1);
    let calls = phone.0.lock().expect("not poisoned");
    assert_eq!((calls[0].caller.app.as_str(), calls[0].caller.user.as_str()), ("coffee", "ann"));
    assert_eq!(calls[1].args, json!({ "type": "wgs84" }));
}

#[test]
fn a_denied_scope_and_a_capability_switched_off_keep_calls_from_the_device() {
    let (denied, phone) = world(Arc::new(Count { deny: true, ..Count::default() }), &[]);
    let (session, _) = denied.open();
    assert_eq!(denied.page(&session).fails("getLocation", json!({})), "getLocation:fail auth deny");
    let (off, other) = world(Arc::new(Count::default()), &["location"]);
    let (session, _) = off.open();
    let message = off.page(&session).fails("getLocation", json!({}));
    assert_eq!(message, "getLocation:fail location is switched off by the host");
    assert!(
        phone.0.lock().expect("not poisoned").is_empty() && other.0.lock().expect("not poisoned").is_empty()
    );
}

#[test]
fn a_function_that_names_a_file_gets_the_file_and_no_other_gets_one() {
    let (world, phone) = world(Arc::new(Count::default()), &[]);
    let (session, _) = world.open();
    let mut page = world.page(&session);
    let path = "wxfile://usr/bill.pdf";
    page.call("FileSystemManager.writeFile", json!({ "filePath": path, "data": STANDARD.encode("pdf") }));
    assert_eq!(page.call("openDocument", json!({ "filePath": path })), json!({}));
    page.call("setClipboardData", json!({ "data": "x", "filePath": path }));
    for (args, reason) in [
        (json!({}), "parameter error: parameter.filePath should be String"),
        (json!({ "filePath": "wxfile://usr/none.pdf" }), "no such file or directory"),
        (json!({ "filePath": "wxfile://usr/../usr/bill.pdf" }), ""),
        (json!({ "filePath": "/etc/passwd" }), ""),
    ] {
        let message = page.fails("openDocument", args.clone());
        assert!(message.starts_with(&format!("openDocument:fail {reason}")), "{args}: {message}");
    }
    let calls = phone.0.lock().expect("not poisoned");
    let file = DeviceFile {
        name: "bill.pdf".into(),
        mime: "application/octet-stream".into(),
        bytes: b"pdf".to_vec(),
    };
    assert_eq!((calls.len(), &calls[0].file, &calls[1].file), (2, &Some(file), &None));
}

#[test]
fn a_blocking_form_has_its_own_name() {
    let (world, _) = world(Arc::new(Count::default()), &[]);
    let (session, _) = world.open();
    assert_eq!(world.page(&session).call_sync("getBatteryInfoSync", json!({}))["ok"]["level"], 57);
}

#[test]
fn the_page_is_told_what_there_is_and_only_device_rows_can_be_registered() {
    struct Wrong;
    #[async_trait]
    impl Device for Wrong {
        fn functions(&self) -> Vec<String> {
            vec!["getStorage".into()]
        }
        async fn call(&self, _: DeviceCall) -> Result<Value, DeviceError> {
            Ok(Value::Null)
        }
    }
    let (world, _) = world(Arc::new(Count::default()), &[]);
    assert!(world.engine.register_device(Arc::new(Wrong)).is_err());
    let (session, _) = world.open();
    let html = world.get(&session, "/").text();
    assert!(html.contains(r#""device":["getBatteryInfo","getLocation","openDocument","setClipboardData"]"#));
}
